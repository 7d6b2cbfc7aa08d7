using Microsoft.Win32.SafeHandles;

namespace Tunduk.Adapter.Agreements;

/// <summary>Reads the documents of the folder and of the last good texts; remembers what it has read by digest.</summary>
internal sealed class AgreementFolder(AgreementStoreOptions options, AgreementReader reader)
{
    /// <summary>Largest detached signature in bytes, certificates included.</summary>
    private const int MaxSignatureBytes = 64 * 1024;

    private readonly AgreementProofChecker proof = new(options);
    private readonly Dictionary<(string File, AgreementDigest Digest, bool Established), AgreementReading> known = [];

    /// <summary>Names and stamps of the files, to see without reading whether anything changed.</summary>
    public string Fingerprint()
    {
        HashCode code = default;
        int count = 0;
        if (Directory.Exists(options.Folder))
        {
            foreach (FileInfo file in new DirectoryInfo(options.Folder).EnumerateFiles().OrderBy(static f => f.Name, StringComparer.Ordinal))
            {
                count++;
                code.Add(file.Name, StringComparer.Ordinal);
                code.Add(file.Length);
                code.Add(file.LastWriteTimeUtc);
            }
        }

        return $"{count}:{code.ToHashCode():x8}";
    }

    /// <summary>Forgets what was read, since contracts have changed.</summary>
    public void Forget()
    {
        known.Clear();
        reader.ForgetContracts();
    }

    /// <summary>Names of all files of the folder.</summary>
    public HashSet<string> List() =>
        Directory.EnumerateFiles(options.Folder).Select(static f => Path.GetFileName(f)).ToHashSet(StringComparer.Ordinal);

    /// <summary>Those that are documents.</summary>
    public static IReadOnlyList<string> Documents(IEnumerable<string> names) => [.. names
        .Where(static f => f.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || f.EndsWith(".yml", StringComparison.OrdinalIgnoreCase))
        .Where(static f => !f.StartsWith('.'))
        .Order(StringComparer.Ordinal)];

    /// <summary>The text of a file as it is; null with a fault when it cannot be read.</summary>
    public AgreementDocument? Current(string file, HashSet<string> listed, AgreementDigest? lastGood, List<AgreementFault> faults)
    {
        string path = Path.Combine(options.Folder, file);
        try
        {
            byte[]? bytes = ReadFile(path, YamlDocumentReader.MaxBytes);
            if (bytes is null)
            {
                faults.Add(new("document_too_large", file, 0, 0, string.Empty, Phrases.Of("Agreements.DocumentTooLarge"), Phrases.Of("Agreements.AgreementMostBytes", YamlDocumentReader.MaxBytes)));
                return null;
            }

            byte[]? signature = listed.Contains(file + ".sig") ? ReadFile(path + ".sig", MaxSignatureBytes) : null;
            AgreementDigest digest = AgreementDigest.Of(bytes);
            AgreementDocument document = Document(file, digest, bytes, signature, digest == lastGood);
            faults.AddRange(document.Reading.Faults);
            if (document.ProvedBy is null)
            {
                faults.Add(NotProved(file, digest));
            }

            return document;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            faults.Add(new("document_unreadable", file, 0, 0, string.Empty, Phrases.Of("Agreements.FileCannotRead"), Phrases.Of("Agreements.CheckOwnerModeAdapter")));
            return null;
        }
    }

    public AgreementDocument LastGood(LastGoodText text) =>
        Document(text.File, text.Digest, text.Document!, text.Signature, established: true);

    /// <summary>The bytes of a file, or null when there are more than may be.</summary>
    private static byte[]? ReadFile(string path, int max)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        long length = RandomAccess.GetLength(file);
        if (length > max)
        {
            return null;
        }

        byte[] bytes = new byte[length];
        int read = 0;
        while (read < bytes.Length)
        {
            int n = RandomAccess.Read(file, bytes.AsSpan(read), read);
            if (n == 0)
            {
                throw new IOException(Phrases.Of("Agreements.FileBecameShorterWhile"));
            }

            read += n;
        }

        return bytes;
    }

    private AgreementDocument Document(string file, AgreementDigest digest, byte[] bytes, byte[]? signature, bool established)
    {
        AgreementReading? reading;
        lock (known)
        {
            known.TryGetValue((file, digest, established), out reading);
        }

        if (reading is null)
        {
            reading = reader.Read(file, bytes, established);
            lock (known)
            {
                known[(file, digest, established)] = reading;
            }
        }

        return new AgreementDocument
        {
            File = file,
            Digest = digest,
            Bytes = bytes,
            Signature = signature,
            Reading = reading,
            ProvedBy = proof.By(digest, bytes, signature),
            IsEstablished = established,
        };
    }

    private AgreementFault NotProved(string file, AgreementDigest digest) => new(
        "not_put_in_force",
        file,
        0,
        0,
        string.Empty,
        options.Proof switch
        {
            AgreementProof.Pinned => Phrases.Of("Agreements.DigestNotListHost"),
            AgreementProof.Signed => Phrases.Of("Agreements.NoSignatureConfiguredSigner"),
            _ => Phrases.Of("Agreements.NeitherDigestListHost"),
        },
        Phrases.Of("Agreements.ResponsiblePersonAddDocuments", digest, file));
}
