using System.Security.Cryptography;

namespace Tunduk.Evidence.Bundles;

/// <summary>Hands the payloads file out record by record: every part goes into its commitment, small ones are kept for the message check.</summary>
internal sealed class PayloadReader(Stream payloads)
{
    private readonly byte[] buffer = new byte[64 * 1024];
    private readonly Dictionary<string, byte[]> kept = new(StringComparer.Ordinal);
    private long keptBytes;

    /// <summary>Forgets the parts of the record before.</summary>
    public void Begin()
    {
        kept.Clear();
        keptBytes = 0;
    }

    /// <summary>A part of this record; null when it is not shown or too large to be kept.</summary>
    public byte[]? Part(string name) => kept.GetValueOrDefault("$part/" + name);

    /// <summary>Feeds a part's bytes to its hash; false when the file ends before.</summary>
    public bool Feed(BundledLeaf leaf, IncrementalHash hash)
    {
        long left = leaf.Payload!.Value;
        using MemoryStream? copy = left <= BundleFormat.MaxMessageBytes - keptBytes ? new MemoryStream() : null;
        while (left > 0)
        {
            int read = payloads.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, left)));
            if (read == 0)
            {
                return false;
            }

            hash.AppendData(buffer, 0, read);
            copy?.Write(buffer, 0, read);
            left -= read;
        }

        if (copy is not null)
        {
            kept[leaf.Path] = copy.ToArray();
            keptBytes += copy.Length;
        }

        return true;
    }

    /// <summary>Passes over a record's parts.</summary>
    public void Skip(IReadOnlyList<BundledLeaf>? leaves)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (BundledLeaf leaf in leaves ?? [])
        {
            if (leaf.Payload is not null)
            {
                Feed(leaf, hash);
            }
        }
    }
}
