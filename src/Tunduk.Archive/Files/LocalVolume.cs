namespace Tunduk.Archive.Files;

/// <summary>Asks the volume below a folder what it is and how much room it has.</summary>
internal static class LocalVolume
{
    private static readonly HashSet<string> Network = new(StringComparer.OrdinalIgnoreCase)
    {
        "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "9p", "afs", "ceph", "fuse.sshfs", "fuse.glusterfs", "glusterfs",
        "lustre", "gfs", "gfs2", "ocfs2", "ncp", "coda", "fuse.s3fs", "fuse.rclone", "davfs", "fuse.davfs", "beegfs",
    };

    /// <summary>The kind of network file system; null when the volume is local. SQLite's locks and syncs are not to be trusted there.</summary>
    public static string? NetworkFormat(string folder)
    {
        string format = new DriveInfo(Path.GetFullPath(folder)).DriveFormat;
        return Network.Contains(format) ? format : null;
    }

    public static long FreeBytes(string folder) => new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
}
