using System.Text;
using Tunduk.Archive.Files;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Publishing;

/// <summary>Appends every checkpoint to a file, best on another volume: notes one after the other, an empty line after each.</summary>
internal sealed class FileAnchor(string path) : IAnchor
{
    public string Name => path;

    public ValueTask PublishAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        DurableFile.MakeFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        DurableFile.Append(path, Encoding.UTF8.GetBytes(checkpoint.Note + "\n"));
        return ValueTask.CompletedTask;
    }
}
