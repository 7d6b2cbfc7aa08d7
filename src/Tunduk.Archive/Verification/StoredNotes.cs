using Tunduk.Archive.Stores;

namespace Tunduk.Archive.Verification;

/// <summary>
/// Finds notes among the stored checkpoints of a log a page at a time. Whoever asks in the order of their sizes, as an anchor's file has them, reads each
/// page once.
/// </summary>
/// <param name="reader">The store.</param>
/// <param name="log">The log.</param>
/// <param name="last">Number of the newest checkpoint that counts.</param>
internal sealed class StoredNotes(IStoreReader reader, LogRow log, long last)
{
    public const int Page = 512;
    private IReadOnlyList<CheckpointRow> window = [];

    /// <summary>Whether exactly this note is stored.</summary>
    public bool Has(string note, long size)
    {
        if (IsHere(note, size))
        {
            return true;
        }

        if (window.Count == 0 || size <= window[0].Size)
        {
            Seek(size);
        }

        while (!IsHere(note, size))
        {
            if (window.Count < Page || window[^1].Size > size)
            {
                return false;
            }

            window = reader.Checkpoints(log, window[^1].Number, Page);
        }

        return true;
    }

    private bool IsHere(string note, long size) => window.Any(row => row.Size == size && row.Note == note);

    // Sizes never decrease from one number to the next: to the first that is as large.
    private void Seek(long size)
    {
        (long low, long high) = (0, last);
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            if (reader.Checkpoints(log, middle, 1) is [var row] && row.Size < size)
            {
                low = row.Number;
            }
            else
            {
                high = middle;
            }
        }

        window = reader.Checkpoints(log, low, Page);
    }
}
