using System.Text;
using Tunduk.Adapter.Sandbox.Pki;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>
/// A plain text file with one line per message, written through to the operating system before the message goes on, so
/// that it is complete when the process is killed. Tests compare it with the archives. Null path: no journal.
/// </summary>
internal sealed class ReceivedJournal : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream? _file;

    public ReceivedJournal(string? path)
    {
        if (path is not null)
        {
            PrivateFiles.CreateFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
            _file = PrivateFiles.Open(path, FileMode.Append);
        }
    }

    public void Write(string messageId)
    {
        if (_file is null)
        {
            return;
        }

        // An id is the sender's text: a line break in it must not look like two messages.
        byte[] line = Encoding.UTF8.GetBytes(messageId.ReplaceLineEndings(" ") + "\n");
        lock (_lock)
        {
            _file.Write(line); // unbuffered: one write call
        }
    }

    public void Dispose() => _file?.Dispose();
}
