using System.Globalization;
using System.Text;

namespace Tunduk.Evidence.Log;

/// <summary>
/// One line of the subject of an erasure or retention entry: <c>record ID</c>, the whole sealed part went, or <c>record ID 0-2,7</c>, these
/// leaves of the commitment tree went (proto/ENTRY-FORMAT.md §2). What is gone and stands in no such line was not erased but lost.
/// </summary>
/// <param name="Record">The record that lost values.</param>
/// <param name="Leaves">First and last position of each run of leaves, ascending; null: the whole sealed part.</param>
public sealed record ErasureLine(RecordId Record, IReadOnlyList<(int First, int Last)>? Leaves)
{
    private const string Word = "record ";

    /// <summary>The line for some leaves of a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="leaves">Positions, ascending, each once.</param>
    public static ErasureLine Of(RecordId record, IEnumerable<int> leaves)
    {
        ArgumentNullException.ThrowIfNull(leaves);
        List<(int First, int Last)> runs = [];
        foreach (int leaf in leaves)
        {
            if (runs.Count > 0 && runs[^1].Last == leaf - 1)
            {
                runs[^1] = (runs[^1].First, leaf);
            }
            else
            {
                runs.Add((leaf, leaf));
            }
        }

        return new ErasureLine(record, runs);
    }

    /// <summary>The lines of an entry: none unless it is an erasure or a retention run. What does not parse covers nothing and is left out.</summary>
    public static IEnumerable<ErasureLine> In(LogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.Kind is EntryKind.Erasure or EntryKind.RetentionRun && entry.Subject is { } subject
            ? subject.Split('\n').Select(static line => TryParse(line, out ErasureLine? parsed) ? parsed : null).OfType<ErasureLine>()
            : [];
    }

    /// <summary>Reads one line; false for any other, and for positions that are not in ascending order.</summary>
    public static bool TryParse(string line, out ErasureLine? parsed)
    {
        ArgumentNullException.ThrowIfNull(line);
        parsed = null;
        if (!line.StartsWith(Word, StringComparison.Ordinal))
        {
            return false;
        }

        int space = line.IndexOf(' ', Word.Length);
        if (!RecordId.TryParse(space < 0 ? line.AsSpan(Word.Length) : line.AsSpan(Word.Length, space - Word.Length), out RecordId record))
        {
            return false;
        }

        if (space < 0)
        {
            parsed = new ErasureLine(record, null);
            return true;
        }

        List<(int First, int Last)> runs = [];
        foreach (string run in line[(space + 1)..].Split(','))
        {
            int dash = run.IndexOf('-', StringComparison.Ordinal);
            if (!int.TryParse(dash < 0 ? run : run.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                || !int.TryParse(dash < 0 ? run : run.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int last)
                || last < first || last >= 1 << EntryFormat.MaxCommitmentDepth || (runs.Count > 0 && first <= runs[^1].Last))
            {
                return false;
            }

            runs.Add((first, last));
        }

        parsed = new ErasureLine(record, runs);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        if (Leaves is null)
        {
            return Word + Record;
        }

        StringBuilder text = new(Word + Record);
        char between = ' ';
        foreach ((int first, int last) in Leaves)
        {
            text.Append(between).Append(CultureInfo.InvariantCulture, $"{first}");
            if (last > first)
            {
                text.Append(CultureInfo.InvariantCulture, $"-{last}");
            }

            between = ',';
        }

        return text.ToString();
    }
}
