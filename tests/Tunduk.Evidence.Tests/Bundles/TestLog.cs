using System.IO.Compression;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Tunduk.Evidence.Bundles;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Tests.Soap;
using ValueType = Tunduk.Evidence.Log.ValueType;

namespace Tunduk.Evidence.Tests.Bundles;

/// <summary>An invented log of an invented owner, and bundles of it: as they are made, and as somebody hostile would make them.</summary>
internal sealed class TestLog
{
    public const string Reader = "auditor";
    public static readonly DateTimeOffset Time = SoapMessages.Now;
    private readonly List<byte[]> leaves = [];
    private readonly List<(BundledRecord Record, byte[][] Parts)> records = [];
    private readonly List<LogHash> hashes = [];
    private readonly byte[] signed;
    private readonly byte[]? next;

    public TestLog(IMessageSigner? signer = null)
    {
        Signer = signer ?? SoapMessages.Consumer;
        Origin = "sandbox/COM/60009001/loans/" + Id;
        signed = SoapMessages.Sign(SoapMessages.Envelope(SoapMessages.Person), SoapMessages.Consumer, SoapMessages.Input(SoapMessages.Consumer) with
        {
            // Identifiers in the spelling adapters sign.
            Headers = [.. SoapMessages.Headers.Select(static header => header with { Value = header.Value.Replace("SUBSYSTEM:", "", StringComparison.Ordinal).Replace("SERVICE:", "", StringComparison.Ordinal) })],
        }).Envelope;
        Add(new LogEntry { Log = Id, Index = 0, Kind = EntryKind.ConfigurationChange, Time = Time, Code = "log_begun", Subject = "format 1" });
        for (int i = 0; i < 4; i++)
        {
            Add(Exchange(), ("$userId", "KG20101199005678"), ("request/pin", "20101199001234"), ("$mediaType/message", "text/xml; charset=utf-8"));
        }
    }

    public LogId Id { get; } = LogId.New();

    public string Origin { get; }

    public IMessageSigner Signer { get; }

    /// <summary>The message of each exchange that is added.</summary>
    public byte[] Message { get => next ?? signed; init => next = value; }

    /// <summary>Further parts of each exchange that is added.</summary>
    public IReadOnlyList<(string Path, byte[] Content)> MoreParts { get; init; } = [];

    public int Size => leaves.Count;

    public X509Certificate2Collection MoreCertificates { get; } = [];

    public List<BundledEvidence> Evidence { get; } = [];

    public static BundleCheckOptions Check(BundleTrust? trust, params SignedCheckpoint[] against) => new() { Now = Time.AddDays(1), Trust = trust, Against = against };

    public LogEntry Exchange() => new()
    {
        Log = Id,
        Index = leaves.Count,
        Kind = EntryKind.Request,
        Role = ExchangeRole.Consumer,
        Time = Time,
        Code = "ok",
        Stage = "append",
        Service = "sandbox/GOV/70009001/registry/getPerson/v1",
        Counterparty = "sandbox/GOV/70009001/registry",
        OwnSubsystem = "sandbox/COM/60009001/loans",
        Signature = SignatureStatus.OwnEmbedded,
        CertificateSha256 = SHA256.HashData(SoapMessages.Consumer.Certificate.RawData),
        SealId = 1,
    };

    public void Add(LogEntry entry, params (string Path, string Value)[] values)
    {
        List<BundledLeaf> shown = [];
        if (values.Length > 0)
        {
            foreach ((string path, string value) in values)
            {
                shown.Add(Leaf(path, ValueType.Text, Encoding.UTF8.GetBytes(value), null));
            }

            shown.Add(Leaf("$part/message", ValueType.Part, Message, Message.Length));
            shown.AddRange(MoreParts.Select(static part => Leaf(part.Path, ValueType.Part, part.Content, part.Content.Length)));
            while (!System.Numerics.BitOperations.IsPow2(shown.Count) || shown.Count == 4)
            {
                shown.Add(new BundledLeaf { Hash = RandomNumberGenerator.GetBytes(32) });
            }

            LogHash[] tree = [.. shown.Select(static leaf => new LogHash(leaf.Hash))];
            entry = entry with { CommitmentDepth = Commitment.DepthFor(tree.Length), Commitment = Commitment.RootInPlace(tree) };
        }
        else
        {
            entry = entry with { SealId = default };
        }

        EntryEncoder.TryEncode(entry, out byte[] bytes, out string? error).ShouldBeTrue(error);
        leaves.Add(bytes);
        hashes.Add(MerkleHash.Leaf(bytes));
        records.Add((new BundledRecord
        {
            Record = new RecordId(Id, entry.Index).ToString(),
            Leaf = bytes,
            Proof = [],
            Leaves = values.Length > 0 ? shown : null,
            Sealed = values.Length > 0 ? "complete" : "none",
        }, values.Length > 0 ? [Message, .. MoreParts.Select(static part => part.Content)] : []));
    }

    /// <summary>Says of a record that it lost values.</summary>
    public void Mark(int index, string state, long by)
    {
        BundledRecord record = records[index].Record;
        records[index] = (record with { Sealed = state, ErasedBy = new RecordId(Id, by).ToString(), Leaves = null }, []);
    }

    public IEnumerable<(long, ReadOnlyMemory<byte>)> Leaves() => leaves.Select(static (leaf, index) => ((long)index, (ReadOnlyMemory<byte>)leaf));

    public async Task<SignedCheckpoint> CheckpointAsync(int? size = null, LogHash? root = null)
    {
        int count = size ?? leaves.Count;
        return await CheckpointNote.SignAsync(Origin, count, root ?? MerkleProofBuilder.Root(new Nodes(hashes), count), Time.AddMinutes(1), new CheckpointSigner(Signer), default);
    }

    public async Task<byte[]> BundleAsync(string proves = "included", int first = 0, SignedCheckpoint? checkpoint = null, params SignedCheckpoint[] more)
    {
        SignedCheckpoint note = checkpoint ?? await CheckpointAsync();
        using MemoryStream output = new();
        using (BundleWriter writer = new(output, Path.GetTempPath(), new Dictionary<LogId, SignedCheckpoint> { [Id] = note }, Time.AddMinutes(2)))
        {
            for (int i = first; i < records.Count; i++)
            {
                List<LogHash> path = MerkleProofBuilder.Inclusion(new Nodes(hashes), i, note.Size);
                writer.Add(records[i].Record with { Proof = [.. path.Select(static hash => hash.ToArray())] }, [.. records[i].Parts.Select(static part => (ReadOnlyMemory<byte>)part)]);
            }

            writer.Add(new BundledEvidence(BundledEvidence.Certificate, Signer.Certificate.RawData, null));
            foreach (X509Certificate2 certificate in MoreCertificates)
            {
                writer.Add(new BundledEvidence(BundledEvidence.Certificate, certificate.RawData, null));
            }

            Evidence.ForEach(writer.Add);
            await writer.CompleteAsync(new BundleManifest
            {
                Format = "",
                Made = default,
                Proves = proves,
                Depth = "full",
                Reader = Reader,
                Access = new RecordId(Id, 0).ToString(),
                Records = 0,
                Files = [],
                Salt = [],
                Logs =
                [
                    new BundledLog
                    {
                        Log = Id.ToString(), Origin = Origin, Size = note.Size, Records = 0, First = proves == "all" ? 0 : null, Last = proves == "all" ? 0 : null,
                        Consistency = [.. more.Select(other => new BundledConsistency(other.Size, [.. MerkleProofBuilder.Consistency(new Nodes(hashes), other.Size, note.Size).Select(static hash => hash.ToArray())]))],
                    },
                ],
            }, more, Signer, default);
        }

        return output.ToArray();
    }

    public BundleTrust Trust(bool withMessages = true, Action<JsonObject>? change = null)
    {
        JsonObject document = new()
        {
            ["format"] = "tunduk-trust/1",
            ["logs"] = new JsonArray(new JsonObject { ["origin"] = Origin, ["owner"] = "Invented Loans", ["certificates"] = new JsonArray(Convert.ToBase64String(Signer.Certificate.RawData)) }),
            ["signers"] = withMessages
                ? new JsonArray(new JsonObject { ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(SoapMessages.Consumer.Certificate.RawData)), ["owner"] = "Invented Loans" })
                : new JsonArray(),
        };
        change?.Invoke(document);
        BundleTrust? trust = BundleTrust.Read(Encoding.UTF8.GetBytes(document.ToJsonString()), out IReadOnlyList<string> faults);
        faults.ShouldBeEmpty();
        return trust!;
    }

    public static BundleReport Verify(byte[] bundle, BundleCheckOptions options)
    {
        using MemoryStream stream = new(bundle);
        return BundleVerifier.Verify(stream, options, default);
    }

    /// <summary>Files of a bundle by name.</summary>
    public static Dictionary<string, byte[]> Unpack(byte[] bundle)
    {
        Dictionary<string, byte[]> files = [];
        using ZipArchive zip = new(new MemoryStream(bundle));
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            using Stream stream = entry.Open();
            using MemoryStream bytes = new();
            stream.CopyTo(bytes);
            files.Add(entry.FullName, bytes.ToArray());
        }

        return files;
    }

    public static byte[] Pack(IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        using MemoryStream output = new();
        using (ZipArchive zip = new(output, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in files)
            {
                using Stream stream = zip.CreateEntry(name, CompressionLevel.SmallestSize).Open();
                stream.Write(bytes);
            }
        }

        return output.ToArray();
    }

    /// <summary>The bundle as an owner makes it who changes something and signs that: digests and signature are right again.</summary>
    public async Task<byte[]> ForgeAsync(byte[] bundle, string file, Func<string, string> change)
    {
        Dictionary<string, byte[]> files = Unpack(bundle);
        files[file] = Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString(files[file])));
        JsonObject manifest = JsonNode.Parse(files[BundleFormat.Manifest])!.AsObject();
        foreach (JsonNode? named in manifest["files"]!.AsArray())
        {
            byte[] bytes = files[(string)named!["name"]!];
            named["bytes"] = bytes.Length;
            named["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes));
        }

        files[BundleFormat.Manifest] = Encoding.UTF8.GetBytes(manifest.ToJsonString());
        files[BundleFormat.ManifestSignature] = await DetachedSignature.CreateAsync(files[BundleFormat.Manifest], DetachedContext.Bundle, Time.AddMinutes(2), Signer, default);
        return Pack(files);
    }

    private static BundledLeaf Leaf(string path, ValueType type, byte[] value, long? payload)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(32);
        LogHash hash = Commitment.Leaf(salt, Encoding.UTF8.GetBytes(path), type, ValuePresence.Present, value);
        return new BundledLeaf { Hash = hash.ToArray(), Salt = salt, Path = path, Type = type, Presence = ValuePresence.Present, Value = payload is null ? value : [], Payload = payload };
    }

    internal sealed class Nodes(List<LogHash> leaves) : INodeSource
    {
        public LogHash Node(int level, long index) => level == 0 ? leaves[(int)index] : MerkleHash.Node(Node(level - 1, index * 2), Node(level - 1, (index * 2) + 1));
    }
}
