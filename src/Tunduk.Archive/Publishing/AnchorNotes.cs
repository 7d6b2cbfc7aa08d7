using System.Text;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Publishing;

/// <summary>The notes of an anchor file: text, empty line, signature lines, empty line, one after the other.</summary>
internal static class AnchorNotes
{
    /// <summary>Notes in order. A last one that was not written to its end is left out; damage elsewhere is not.</summary>
    public static IEnumerable<string> Split(byte[] file)
    {
        string[] blocks = Encoding.UTF8.GetString(file, 0, Whole(file)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < blocks.Length; i += 2)
        {
            yield return i + 1 < blocks.Length ? blocks[i] + "\n\n" + blocks[i + 1].TrimEnd('\n') + "\n" : blocks[i];
        }
    }

    /// <summary>Bytes up to the end of the last note that is whole; all of them when the file ends with one.</summary>
    public static int Whole(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> end = "\n\n"u8;
        int at = file.Length;
        while (at > 0)
        {
            int blank = file[..at].LastIndexOf(end);
            if (blank < 0)
            {
                return 0;
            }

            // The note that ends here: its text begins after the blank line before its own.
            int text = file[..blank].LastIndexOf(end);
            int before = text < 0 ? -1 : file[..text].LastIndexOf(end);
            int start = before < 0 ? 0 : before + end.Length;
            if (text >= 0 && CheckpointNote.TryParse(Encoding.UTF8.GetString(file[start..(blank + 1)]), out _))
            {
                return blank + end.Length;
            }

            // Only a torn end is passed over: damage before a whole note stays where it is and is named by verify.
            at = blank + 1;
        }

        return 0;
    }
}
