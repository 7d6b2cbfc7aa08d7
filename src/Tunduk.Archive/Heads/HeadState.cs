using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Heads;

/// <summary>What the head store vouches for: a size and root that were acknowledged, and the newest checkpoint that was signed.</summary>
/// <param name="Log">The log.</param>
/// <param name="Version">Counts the replacements.</param>
/// <param name="Size">The database must hold at least this many entries …</param>
/// <param name="Root">… and the first of them must have this root.</param>
/// <param name="Checkpoint">The newest signed checkpoint; null before the first.</param>
/// <param name="Erasures">The erasure journal that lies beside it: it must be there, with at least so many lines. Null where none is known.</param>
internal sealed record HeadState(LogId Log, long Version, long Size, LogHash Root, string? Checkpoint, JournalMark? Erasures = null)
{
    private const string Format = "tunduk-head/1";

    /// <summary>Lines of text, a checkpoint as it is, and at the end the SHA-256 of everything before it.</summary>
    public byte[] Encode()
    {
        string text = string.Create(CultureInfo.InvariantCulture,
            $"{Format}\nlog {Log}\nversion {Version}\nsize {Size}\nroot {Root.ToBase64()}\n{(Erasures is { } mark ? $"erasures {mark.Journal} {mark.Applied}\n" : "")}checkpoint {Encoding.UTF8.GetByteCount(Checkpoint ?? "")}\n{Checkpoint}");
        return Encoding.UTF8.GetBytes($"{text}sha256 {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}\n");
    }

    public static HeadState? TryDecode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 64 * 1024)
        {
            return null;
        }

        string[] lines = Encoding.UTF8.GetString(bytes).Split('\n');
        if (lines.Length < 8 || lines[0] != Format || !Value(lines[1], "log ", out string log) || !LogId.TryParse(log, out LogId id)
            || !Value(lines[2], "version ", out string version) || !long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out long v)
            || !Value(lines[3], "size ", out string size) || !long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out long s)
            || !Value(lines[4], "root ", out string root) || !LogHash.TryParseBase64(root, out LogHash r))
        {
            return null;
        }

        JournalMark? erasures = null;
        if (Value(lines[5], "erasures ", out string journal))
        {
            string[] words = journal.Split(' ');
            if (words.Length != 2 || !LogId.TryParse(words[0], out LogId known) || !long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long count) || lines.Length < 9)
            {
                return null;
            }

            erasures = new JournalMark(known, count);
        }

        string note = string.Concat(lines[(erasures is null ? 6 : 7)..^2].Select(static l => l + "\n"));
        HeadState state = new(id, v, s, r, note.Length == 0 ? null : note, erasures);
        return state.Encode().AsSpan().SequenceEqual(bytes) ? state : null;
    }

    private static bool Value(string line, string name, out string value)
    {
        bool ok = line.StartsWith(name, StringComparison.Ordinal);
        value = ok ? line[name.Length..] : "";
        return ok;
    }
}
