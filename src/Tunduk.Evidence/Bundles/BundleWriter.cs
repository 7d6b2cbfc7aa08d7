using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Signing;

namespace Tunduk.Evidence.Bundles;

/// <summary>
/// Writes a bundle record by record, so that memory does not grow with it. Every record's own proof and commitments are checked
/// before it is written: what does not hold never leaves.
/// </summary>
public sealed class BundleWriter : IDisposable
{
    private readonly ZipArchive archive;
    private readonly FileStream payloads;
    private readonly FileStream report;
    private readonly IncrementalHash recordsHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ArrayBufferWriter<byte> line = new(16 * 1024);
    private readonly Utf8JsonWriter json;
    private readonly Stream records;
    private readonly DateTimeOffset made;
    private readonly IReadOnlyDictionary<LogId, SignedCheckpoint> checkpoints;
    private readonly ReportPage page;
    private readonly List<BundledEvidence> evidence = [];
    private readonly Dictionary<LogId, (long Count, long First, long Last)> written = [];
    private long recordBytes;
    private bool recordsOpen = true;

    /// <summary>Begins a bundle.</summary>
    /// <param name="output">Where it goes; it can be sought in and stays open.</param>
    /// <param name="spoolFolder">A folder for what is put together on the side, readable by its owner only; nothing stays there.</param>
    /// <param name="checkpoints">The checkpoint of each log that the proofs lead to.</param>
    /// <param name="made">The moment.</param>
    public BundleWriter(Stream output, string spoolFolder, IReadOnlyDictionary<LogId, SignedCheckpoint> checkpoints, DateTimeOffset made)
    {
        this.checkpoints = checkpoints;
        this.made = made;
        payloads = Spool(spoolFolder);
        report = Spool(spoolFolder);
        archive = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true);
        records = Entry(BundleFormat.Records).Open();
        json = new Utf8JsonWriter(line, new JsonWriterOptions { Encoder = BundleFormat.Json.Encoder });
        payloads.Write(RandomNumberGenerator.GetBytes(BundleFormat.PayloadSalt));
        page = new ReportPage(report);
        page.Begin(made);
    }

    /// <summary>Writes one record; records come log by log and by ascending index.</summary>
    /// <param name="record">The record.</param>
    /// <param name="parts">Content of its shown payload parts, in the order of its leaves.</param>
    /// <exception cref="InvalidDataException">Its proof or a commitment does not hold, or its turn is over.</exception>
    public void Add(BundledRecord record, IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(parts);
        LogEntry entry = Check(record, parts);
        (long count, long first, long last) = written.GetValueOrDefault(entry.Log, (0, entry.Index, -1));
        if (entry.Index <= last)
        {
            throw new InvalidDataException(Phrases.Of("Bundles.ComesOutOrder", record.Record));
        }

        written[entry.Log] = (count + 1, first, entry.Index);
        line.ResetWrittenCount();
        json.Reset(line);
        JsonSerializer.Serialize(json, record, BundleFormat.Json);
        line.Write("\n"u8);
        recordsHash.AppendData(line.WrittenSpan);
        recordBytes += line.WrittenCount;
        records.Write(line.WrittenSpan);
        foreach (ReadOnlyMemory<byte> part in parts)
        {
            payloads.Write(part.Span);
        }

        page.Add(record, entry);
    }

    /// <summary>Adds something a signature is judged with.</summary>
    public void Add(BundledEvidence item) => evidence.Add(item);

    /// <summary>Writes the rest and the signed manifest; the bundle is whole when this returns.</summary>
    /// <param name="manifest">What the bundle is; files, salt, counts and <c>made</c> are filled in here.</param>
    /// <param name="notes">Checkpoints beside those the proofs lead to.</param>
    /// <param name="signer">The key of the log's owner.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async ValueTask CompleteAsync(BundleManifest manifest, IEnumerable<SignedCheckpoint> notes, IMessageSigner signer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(signer);
        CloseRecords();
        page.End(manifest);
        List<BundledFile> files = [new BundledFile(BundleFormat.Records, recordBytes, Convert.ToHexStringLower(recordsHash.GetCurrentHash()))];
        files.Add(Copy(BundleFormat.Payloads, payloads));
        files.Add(Write(BundleFormat.Checkpoints, Encoding.UTF8.GetBytes(string.Concat(checkpoints.Values.Concat(notes).Select(static c => c.Note).Distinct(StringComparer.Ordinal).Select(static n => n + "\n")))));
        files.Add(Write(BundleFormat.Evidence, Lines()));
        files.Add(Copy(BundleFormat.Report, report));
        BundleManifest complete = manifest with
        {
            Format = BundleFormat.Version,
            Made = made,
            Files = files,
            Records = written.Values.Sum(static w => w.Count),
            Salt = RandomNumberGenerator.GetBytes(32),
            Logs = [.. manifest.Logs.Select(Counted)],
        };
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(complete, BundleFormat.Json);
        Write(BundleFormat.Manifest, bytes);
        Write(BundleFormat.ManifestSignature, await DetachedSignature.CreateAsync(bytes, DetachedContext.Bundle, made, signer, cancellationToken).ConfigureAwait(false));
        archive.Dispose();
    }

    public void Dispose()
    {
        // On a full disk the first two write what they still hold, and throw: the files on that disk must go all the same, at once.
        try
        {
            CloseRecords();
        }
        finally
        {
            try
            {
                archive.Dispose();
            }
            finally
            {
                json.Dispose();
                recordsHash.Dispose();
                CloseSpools();
            }
        }
    }

    private void CloseSpools()
    {
        try
        {
            payloads.Dispose();
        }
        finally
        {
            report.Dispose();
        }
    }

    private LogEntry Check(BundledRecord record, IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        List<BundleFinding> findings = [];
        RecordCheck check = new(findings.Add);
        LogEntry? entry = RecordId.TryParse(record.Record, out RecordId id) && checkpoints.TryGetValue(id.Log, out SignedCheckpoint? checkpoint)
            ? check.Entry(record, id, checkpoint)
            : null;
        int next = 0;
        if (entry is not null && record.Leaves is { } leaves)
        {
            check.Leaves(record, entry, leaves, (leaf, hash) =>
            {
                hash.AppendData(parts[next].Span);
                return parts[next++].Length == leaf.Payload;
            });
        }

        return entry is not null && findings.Count == 0 && next == parts.Count
            ? entry
            : throw new InvalidDataException(Phrases.Of("Bundles.WouldNotVerify", record.Record, findings.FirstOrDefault()?.Code ?? Phrases.Of("Bundles.LogPartMissing")));
    }

    private BundledLog Counted(BundledLog log)
    {
        (long count, long first, long last) = LogId.TryParse(log.Log, out LogId id) ? written.GetValueOrDefault(id, (0, 0, -1)) : (0, 0, -1);
        return log.First is null ? log with { Records = count } : log with { Records = count, First = first, Last = last };
    }

    private byte[] Lines()
    {
        using MemoryStream lines = new();
        foreach (BundledEvidence item in evidence)
        {
            JsonSerializer.Serialize(lines, item, BundleFormat.Json);
            lines.Write("\n"u8);
        }

        return lines.ToArray();
    }

    private void CloseRecords()
    {
        if (recordsOpen)
        {
            recordsOpen = false;
            records.Dispose();
        }
    }

    private BundledFile Write(string name, byte[] bytes)
    {
        using (Stream stream = Entry(name).Open())
        {
            stream.Write(bytes);
        }

        return new BundledFile(name, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    private BundledFile Copy(string name, FileStream spool)
    {
        spool.Flush();
        spool.Seek(0, SeekOrigin.Begin);
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(spool));
        spool.Seek(0, SeekOrigin.Begin);
        using (Stream stream = Entry(name).Open())
        {
            spool.CopyTo(stream);
        }

        return new BundledFile(name, spool.Length, sha256);
    }

    private ZipArchiveEntry Entry(string name)
    {
        ZipArchiveEntry entry = archive.CreateEntry(name, CompressionLevel.Fastest);
        entry.LastWriteTime = made;
        return entry;
    }

    private static FileStream Spool(string folder)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose, BufferSize = 128 * 1024 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(Path.Combine(folder, $".bundle-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}"), options);
    }
}
