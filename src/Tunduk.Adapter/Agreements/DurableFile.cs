namespace Tunduk.Adapter.Agreements;

/// <summary>Replaces small files so that a reader finds the old or the new content, never a part.</summary>
internal static class DurableFile
{
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string draft = path + ".new";
        using (FileStream stream = new(draft, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(content);

            // On the disk before the name shows it.
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }
}
