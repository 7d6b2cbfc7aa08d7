using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Tunduk.Archive.Files;

namespace Tunduk.Adapter.Agreements;

/// <summary>
/// The last good text of each document, in one file of the adapter's own folder: a line for each text that came to
/// count, appended and forced to the disk before the text counts. A line that is torn, or whose bytes do not have
/// its digest, is passed over. The file is rewritten when more than half of it is past.
/// </summary>
internal sealed class LastGoodTexts(string folder)
{
    /// <summary>Files smaller than this are not worth rewriting.</summary>
    private const long SmallFile = 1024 * 1024;

    private readonly Dictionary<string, LastGoodText> texts = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Files => texts.Keys;

    private string FilePath => Path.Combine(folder, "last-good.jsonl");

    public void Load()
    {
        texts.Clear();
        if (!File.Exists(FilePath))
        {
            return;
        }

        foreach (string line in File.ReadLines(FilePath))
        {
            if (Read(line) is not { } text)
            {
                continue;
            }

            if (text.Document is null)
            {
                texts.Remove(text.File);
            }
            else if (AgreementDigest.Of(text.Document) == text.Digest)
            {
                texts[text.File] = text;
            }
        }
    }

    public bool TryFind(string file, [NotNullWhen(true)] out LastGoodText? text) => texts.TryGetValue(file, out text);

    /// <summary>Makes these the last good texts and forgets every file that is not among them.</summary>
    public void Save(IEnumerable<LastGoodText> current)
    {
        HashSet<string> gone = [.. texts.Keys];
        List<LastGoodText> added = [];
        foreach (LastGoodText text in current)
        {
            gone.Remove(text.File);
            if (!texts.TryGetValue(text.File, out LastGoodText? held) || held.Digest != text.Digest || !SameSignature(held, text))
            {
                added.Add(text);
            }
        }

        if (added.Count == 0 && gone.Count == 0)
        {
            return;
        }

        added.AddRange(gone.Select(static f => new LastGoodText(f, default, null, null)));
        Append(added);
        foreach (LastGoodText text in added)
        {
            if (text.Document is null)
            {
                texts.Remove(text.File);
            }
            else
            {
                texts[text.File] = text;
            }
        }
    }

    private static bool SameSignature(LastGoodText a, LastGoodText b) => a.Signature.AsSpan().SequenceEqual(b.Signature);

    private static LastGoodText? Read(string line)
    {
        try
        {
            Line? l = JsonSerializer.Deserialize<Line>(line);
            return l is null || !AgreementDigest.TryParse(l.Digest, out AgreementDigest digest)
                ? l is { File.Length: > 0, Digest: "" } ? new LastGoodText(l.File, default, null, null) : null
                : new LastGoodText(l.File, digest, l.Document, l.Signature);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Append(List<LastGoodText> added)
    {
        Directory.CreateDirectory(folder);
        using (FileStream file = new(FilePath, FileMode.Append, FileAccess.Write, FileShare.Read, 1 << 16))
        {
            if (file.Position > 0)
            {
                // A line torn by a crash must not swallow the next one.
                file.WriteByte((byte)'\n');
            }

            Write(file, added);
            file.Flush(flushToDisk: true);
            if (file.Length < SmallFile || file.Length < LiveBytes() * 2)
            {
                return;
            }
        }

        using MemoryStream rewritten = new();
        Write(rewritten, texts.Values.Where(t => !added.Exists(a => a.File == t.File)).Concat(added.Where(static a => a.Document is not null)));
        DurableFile.Replace(FilePath, rewritten.GetBuffer().AsSpan(0, (int)rewritten.Length));
    }

    /// <summary>About what the present texts take.</summary>
    private long LiveBytes() => texts.Values.Sum(static t => 200L + ((t.Document!.Length + (t.Signature?.Length ?? 0)) * 4L / 3));

    private static void Write(Stream stream, IEnumerable<LastGoodText> lines)
    {
        foreach (LastGoodText text in lines)
        {
            JsonSerializer.Serialize(stream, new Line(text.File, text.Digest.ToString(), text.Document, text.Signature));
            stream.WriteByte((byte)'\n');
        }
    }

    private sealed record Line(string File, string Digest, byte[]? Document, byte[]? Signature);
}
