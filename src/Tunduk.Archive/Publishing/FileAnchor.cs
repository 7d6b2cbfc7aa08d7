using System.Text;
using Tunduk.Archive.Files;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Publishing;

/// <summary>
/// Appends every checkpoint to a file, best on another volume: notes one after the other, an empty line after each. What a power cut
/// left of an unfinished note at the end is removed by the first checkpoint after the start.
/// </summary>
internal sealed class FileAnchor(string path) : IAnchor
{
    private bool repaired;

    public string Name => path;

    public ValueTask PublishAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        DurableFile.MakeFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (!repaired && File.Exists(path))
        {
            byte[] whole = File.ReadAllBytes(path);
            int kept = AnchorNotes.Whole(whole);
            if (kept < whole.Length)
            {
                DurableFile.Replace(path, whole.AsSpan(0, kept));
            }
        }

        repaired = true;
        DurableFile.Append(path, Encoding.UTF8.GetBytes(checkpoint.Note + "\n"));
        return ValueTask.CompletedTask;
    }
}
