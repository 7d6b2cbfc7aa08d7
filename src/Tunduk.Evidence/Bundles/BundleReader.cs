using System.Buffers.Binary;
using System.IO.Compression;

namespace Tunduk.Evidence.Bundles;

/// <summary>
/// Opens a bundle that nobody vouches for. Only the seven known names are looked at, each once, stored or deflated; nothing is ever
/// written to a path, and the directory is bounded before it is read.
/// </summary>
internal sealed class BundleReader : IDisposable
{
    private const int EndOfDirectory = 22;
    private const uint EndSignature = 0x06054b50;
    private const uint DirectorySignature = 0x02014b50;
    private const int DirectoryHeader = 46;
    private const int MaxDirectoryBytes = 16 * 1024;
    private const int MaxEntries = 64;
    private const int Encrypted = 0x2041;
    private const int Stored = 0;
    private const int Deflated = 8;
    private readonly ZipArchive archive;
    private readonly ExpansionBudget budget;
    private readonly Dictionary<string, ZipArchiveEntry> files = new(StringComparer.Ordinal);

    private BundleReader(ZipArchive archive, long length)
    {
        this.archive = archive;
        budget = new ExpansionBudget((length * BundleFormat.MaxExpansion) + BundleFormat.ExpansionAllowance);
    }

    /// <summary>Opens a seekable stream; throws <see cref="BundleFaultException"/>.</summary>
    public static BundleReader Open(Stream stream)
    {
        CheckEnd(stream);
        ZipArchive archive;
        BundleReader reader;
        try
        {
            archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            reader = new BundleReader(archive, stream.Length);
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                reader.Take(entry);
            }
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or ArgumentException)
        {
            throw new BundleFaultException("bundle_unreadable", Phrases.Of("Bundles.BundleNoZipFile"));
        }

        string? missing = BundleFormat.Files.FirstOrDefault(name => !reader.files.ContainsKey(name));
        return missing is null ? reader : throw new BundleFaultException("bundle_entry_missing", Phrases.Of("Bundles.BundleLacks", missing));
    }

    /// <summary>Streams a file.</summary>
    public MeteredStream Stream(string name)
    {
        try
        {
            return new MeteredStream(files[name].Open(), budget);
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException)
        {
            throw new BundleFaultException("bundle_unreadable", Phrases.Of("Bundles.CannotReadBundleDamaged", name));
        }
    }

    /// <summary>Reads a small file whole.</summary>
    public byte[] ReadAll(string name, int most)
    {
        using MeteredStream stream = Stream(name);
        using MemoryStream whole = new();
        byte[] buffer = new byte[8192];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            whole.Write(buffer, 0, read);
            if (whole.Length > most)
            {
                throw new BundleFaultException("file_too_large", Phrases.Of("Bundles.LongerThanBytes", name, most));
            }
        }

        return whole.ToArray();
    }

    public void Dispose() => archive.Dispose();

    // The end record stands at the very end, without comment, of one volume, and names a small directory: nothing else is a bundle.
    private static void CheckEnd(Stream stream)
    {
        if (stream.Length > BundleFormat.MaxBundleBytes)
        {
            throw new BundleFaultException("bundle_too_large", Phrases.Of("Bundles.BundleLongerThan4"));
        }

        Span<byte> end = stackalloc byte[EndOfDirectory];
        if (stream.Length < EndOfDirectory)
        {
            throw new BundleFaultException("bundle_unreadable", Phrases.Of("Bundles.BundleTooShort"));
        }

        stream.Seek(-EndOfDirectory, SeekOrigin.End);
        stream.ReadExactly(end);
        if (BinaryPrimitives.ReadUInt32LittleEndian(end) != EndSignature || BinaryPrimitives.ReadUInt16LittleEndian(end[20..]) != 0)
        {
            throw new BundleFaultException("bundle_unreadable", Phrases.Of("Bundles.BundleNoEndCut"));
        }

        uint size = BinaryPrimitives.ReadUInt32LittleEndian(end[12..]);
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
        if (BinaryPrimitives.ReadUInt16LittleEndian(end[10..]) > MaxEntries || size > MaxDirectoryBytes)
        {
            throw new BundleFaultException("bundle_entry_unexpected", Phrases.Of("Bundles.BundleMoreFilesThan"));
        }

        if (offset + (long)size != stream.Length - EndOfDirectory)
        {
            throw new BundleFaultException("bundle_unreadable", Phrases.Of("Bundles.BundleDirectoryNotWhere"));
        }

        byte[] directory = new byte[size];
        stream.Seek(offset, SeekOrigin.Begin);
        stream.ReadExactly(directory);
        stream.Seek(0, SeekOrigin.Begin);
        CheckMethods(directory);
    }

    // The framework's reader tells neither method nor encryption: they are read here.
    private static void CheckMethods(ReadOnlySpan<byte> directory)
    {
        while (!directory.IsEmpty)
        {
            if (directory.Length < DirectoryHeader || BinaryPrimitives.ReadUInt32LittleEndian(directory) != DirectorySignature)
            {
                throw new BundleFaultException("bundle_unreadable", Phrases.Of("Bundles.BundleDirectoryDamaged"));
            }

            int flags = BinaryPrimitives.ReadUInt16LittleEndian(directory[8..]);
            int method = BinaryPrimitives.ReadUInt16LittleEndian(directory[10..]);
            int length = DirectoryHeader + BinaryPrimitives.ReadUInt16LittleEndian(directory[28..])
                + BinaryPrimitives.ReadUInt16LittleEndian(directory[30..]) + BinaryPrimitives.ReadUInt16LittleEndian(directory[32..]);
            if ((flags & Encrypted) != 0 || method is not (Stored or Deflated))
            {
                throw new BundleFaultException("bundle_compression", Phrases.Of("Bundles.FileEncryptedPackedOtherwise"));
            }

            if (length > directory.Length)
            {
                throw new BundleFaultException("bundle_unreadable", Phrases.Of("Bundles.BundleDirectoryDamaged"));
            }

            directory = directory[length..];
        }
    }

    private void Take(ZipArchiveEntry entry)
    {
        // A name is compared, never followed: a path with folders or dots is simply not one of the seven.
        if (!BundleFormat.Files.Contains(entry.FullName, StringComparer.Ordinal))
        {
            throw new BundleFaultException("bundle_entry_unexpected", Phrases.Of("Bundles.BundleFileNoBundle"));
        }

        if (!files.TryAdd(entry.FullName, entry))
        {
            throw new BundleFaultException("bundle_entry_duplicate", Phrases.Of("Bundles.BundleTwice", entry.FullName));
        }
    }
}
