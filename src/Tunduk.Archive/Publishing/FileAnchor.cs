using System.Text;
using Tunduk.Archive.Files;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Publishing;

/// <summary>
/// Appends every checkpoint to a file, best on another volume: notes one after the other, an empty line after each. What a power cut
/// left of an unfinished note at the end is removed by the first checkpoint after the start; so much of the file is read then, and no more.
/// </summary>
internal sealed class FileAnchor(string path) : IAnchor
{
    private const int Tail = 64 * 1024;
    private bool repaired;
    private long written;

    public string Name => path;

    public bool IsReceipted => true;

    public bool IsLocal => true;

    /// <summary>The file that took checkpoints of this process is gone, or has fewer bytes: whoever took it away, or its volume, took them from sight.</summary>
    public ArchiveFault? Warning { get; private set; }

    public ValueTask PublishAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        DurableFile.MakeFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        byte[] note = Encoding.UTF8.GetBytes(checkpoint.Note + "\n");
        if (!repaired && File.Exists(path) && Repair().EndsWith(note))
        {
            repaired = true;
            written = new FileInfo(path).Length;
            return ValueTask.CompletedTask; // the start publishes the newest checkpoint again, and the file has it
        }

        repaired = true;
        long before = File.Exists(path) ? new FileInfo(path).Length : 0;
        DurableFile.Append(path, note);
        if (before < written)
        {
            Warning ??= new ArchiveFault(
                ArchiveFaultCode.ArchiveUnwritable, Phrases.Of("Publishing.AnchorFileBegunAnew", path, checkpoint.Size), Phrases.Of("Publishing.KeepTheOldAnchorFile"));
        }

        written = before + note.Length;
        return ValueTask.CompletedTask;
    }

    public ValueTask ProbeAsync(CancellationToken cancellationToken) =>
        File.Exists(path) || Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))) ? ValueTask.CompletedTask : throw new IOException(Phrases.Of("Publishing.FolderNot"));

    public void Dispose()
    {
    }

    // The end of the file as it stands now: whole notes.
    private ReadOnlySpan<byte> Repair()
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, 0);
        byte[] tail = new byte[(int)Math.Min(file.Length, Tail)];
        file.Seek(-tail.Length, SeekOrigin.End);
        file.ReadExactly(tail);
        int kept = AnchorNotes.Whole(tail);
        if (kept < tail.Length && (kept > 0 || file.Length == tail.Length))
        {
            file.SetLength(file.Length - tail.Length + kept);
            file.Flush(flushToDisk: true);
            return tail.AsSpan(0, kept);
        }

        return tail;
    }
}
