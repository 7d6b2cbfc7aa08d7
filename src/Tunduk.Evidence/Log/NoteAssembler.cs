using System.Text;

namespace Tunduk.Evidence.Log;

/// <summary>
/// Puts signed notes together from the lines of a file that holds many: text, empty line, signature lines, empty line. One note is in memory at a time,
/// and of what is longer than any note only that it was.
/// </summary>
public sealed class NoteAssembler
{
    private readonly StringBuilder block = new();
    private string? text;

    /// <summary>Takes one line, without its end.</summary>
    /// <returns>The note that ended with it, not parsed; null where none did. What cannot be a note comes cut off.</returns>
    public string? Add(ReadOnlySpan<char> line)
    {
        if (line.Length > 0)
        {
            if (block.Length <= CheckpointNote.MaxNoteBytes)
            {
                block.Append(line[..Math.Min(line.Length, CheckpointNote.MaxNoteBytes)]).Append('\n');
            }

            return null;
        }

        return EndBlock();
    }

    /// <summary>After the last line.</summary>
    /// <returns>A note that had no empty line after it, or what was left of one; null where there is nothing.</returns>
    public string? End()
    {
        string? whole = EndBlock();
        string? left = text;
        text = null;
        return whole ?? left;
    }

    private string? EndBlock()
    {
        if (block.Length == 0)
        {
            return null;
        }

        string ended = block.ToString();
        block.Clear();
        if (text is null)
        {
            text = ended;
            return null;
        }

        string note = text + "\n" + ended;
        text = null;
        return note;
    }
}
