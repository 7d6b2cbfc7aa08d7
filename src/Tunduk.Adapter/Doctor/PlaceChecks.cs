using System.Runtime.InteropServices;
using System.Text;
using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.Doctor;

/// <summary>
/// Folders the adapter itself writes beside the archive: the state of its documents, the attachments under way, the anchor file. For
/// each: whether it is there, whether the adapter's user can write it, and whether there is room. Asks only; makes and writes nothing.
/// </summary>
internal static class PlaceChecks
{
    // Documents of a few KiB, watermarks and exports under way; a volume with less is full in practice.
    private const long LeastState = 64L << 20;

    // A checkpoint is less than 1 KiB: with this, one every 10 s has room for more than a day.
    private const long LeastAnchor = 16L << 20;
    private const int WriteAndEnter = 2 | 1; // W_OK | X_OK of access(2), POSIX.1-2024
    private const int Write = 2;

    public static IEnumerable<DoctorFinding> Run(AdapterConfiguration configuration)
    {
        var options = configuration.Options;
        yield return Folder("Documents:State", configuration.Resolve(options.Documents.State), LeastState, Phrases.Of("Doctor.LetWriteStateKept"), isMade: true);
        if (options.Archive.AnchorFile is { Length: > 0 } file)
        {
            yield return Anchor(configuration.Resolve(file));
        }

        var spool = options.Limits.SpoolFolder ?? Path.GetTempPath();
        yield return Folder("Limits:SpoolFolder", spool, options.Limits.MaxSpool, Phrases.Of("Doctor.LetWriteSpoolFolder"), isMade: false);
        if (!OperatingSystem.IsWindows() && Directory.Exists(spool) && File.GetUnixFileMode(spool) is var mode
            && (mode & UnixFileMode.OtherWrite) != 0 && (mode & UnixFileMode.StickyBit) == 0)
        {
            yield return DoctorFinding.Broken("Limits:SpoolFolder", Phrases.Of("Doctor.EverybodyCanDelete"), Phrases.Of("Doctor.ChmodStickyOwnFolder"));
        }
    }

    private static DoctorFinding Anchor(string file)
    {
        var subject = Phrases.Of("Doctor.AnchorFile");
        var effect = Phrases.Of("Doctor.LetWriteAnchorFile");
        return Directory.Exists(file) ? DoctorFinding.Broken(subject, Phrases.Of("Doctor.FolderNotFile", file), effect)
            : File.Exists(file) && !Permits(file, Write) ? DoctorFinding.Broken(subject, Phrases.Of("Doctor.CannotBeWritten", file), effect)
            : Folder(subject, Path.GetDirectoryName(file)!, LeastAnchor, effect, isMade: true);
    }

    // A folder that the adapter makes itself counts by the nearest one above it. Below `room` is a warning, below a MiB nothing can be written.
    private static DoctorFinding Folder(string subject, string folder, long room, string effect, bool isMade)
    {
        try
        {
            var there = folder;
            while (isMade && !Directory.Exists(there) && !File.Exists(there) && Path.GetDirectoryName(there) is { } above)
            {
                there = above;
            }

            if (!Directory.Exists(there))
            {
                return DoctorFinding.Broken(subject, File.Exists(there) ? Phrases.Of("Doctor.FileNotFolder", there) : Phrases.Of("Doctor.NoFolder", there), effect);
            }

            if (!Permits(there, WriteAndEnter))
            {
                return DoctorFinding.Broken(subject, Phrases.Of("Doctor.CannotBeWritten", there), effect);
            }

            var free = new DriveInfo(there).AvailableFreeSpace;
            var found = Phrases.Of("Doctor.CanBeWrittenMiBFree", there, free >> 20);
            return free < 1 << 20 ? DoctorFinding.Broken(subject, found, Phrases.Of("Doctor.MakeRoomMiBNeeded", room >> 20))
                : free < room ? DoctorFinding.Warning(subject, found, Phrases.Of("Doctor.MakeRoomMiBNeeded", room >> 20))
                : DoctorFinding.Ok(subject, found);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return DoctorFinding.Broken(subject, Phrases.Of("Doctor.VolumeCannotAsked", exception.GetType().Name), effect);
        }
    }

    // The kernel's own answer: mode bits, access lists and a volume that is mounted read-only. Windows is asked by the first write.
    private static bool Permits(string path, int mode) => OperatingSystem.IsWindows() || Access([.. Encoding.UTF8.GetBytes(path), 0], mode) == 0;

    [DllImport("libc", EntryPoint = "access")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Access(byte[] path, int mode);
}
