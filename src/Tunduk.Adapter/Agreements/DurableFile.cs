namespace Tunduk.Adapter.Agreements;

/// <summary>Replaces small files so that a reader finds the old or the new content, never a part.</summary>
internal static class DurableFile
{
    /// <param name="path">The file.</param>
    /// <param name="content">Its new bytes.</param>
    /// <param name="sync">Forces the bytes to the disk before the new name appears; left out for copies that are checked by digest.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, bool sync)
    {
        string draft = path + ".new";
        using (FileStream stream = new(draft, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(content);
            if (sync)
            {
                stream.Flush(flushToDisk: true);
            }
        }

        File.Move(draft, path, overwrite: true);
    }
}
