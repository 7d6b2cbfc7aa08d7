using System.Globalization;
using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Files;

/// <summary>
/// Room on the archive's volume. What is kept for the ends of requests are preallocated files that are deleted when the volume is full,
/// so that what they took is free for the entries that must still be written.
/// </summary>
internal sealed class VolumeSpace(string folder, long limit) : ISpace
{
    private const long FileSize = 16L << 20;
    private const string Pattern = "reserve.";
    private long held = -1;

    public long FreeBytes() => LocalVolume.FreeBytes(folder);

    public long Measure()
    {
        try
        {
            return FreeBytes();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Files.VolumeCannotAsked", e.GetType().Name), e);
        }
    }

    /// <summary>Makes sure that so many bytes are kept; false when the limit or the volume does not allow it.</summary>
    public bool Ensure(long bytes)
    {
        if (bytes > limit)
        {
            return false;
        }

        try
        {
            if (held < 0)
            {
                held = Files().Sum(static f => new FileInfo(f).Length);
            }

            long unit = Math.Min(FileSize, limit);
            int number = 0;
            while (held < bytes)
            {
                string path = Path.Combine(folder, Pattern + number.ToString("D3", CultureInfo.InvariantCulture));
                number++;
                if (File.Exists(path))
                {
                    continue;
                }

                // posix_fallocate below: the blocks are the archive's from here on, or this throws.
                using FileStream file = DurableFile.Create(path, FileMode.CreateNew, unit);
                file.SetLength(unit);
                held += unit;
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held = -1;
            return false;
        }
    }

    /// <summary>Gives one file's room back to the volume; false when none is left.</summary>
    public bool Release()
    {
        try
        {
            string? path = Files().FirstOrDefault();
            if (path is null)
            {
                return false;
            }

            File.Delete(path);
            held = -1;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private IEnumerable<string> Files() => Directory.EnumerateFiles(folder, Pattern + "*");
}
