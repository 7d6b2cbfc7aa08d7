using System.Globalization;

namespace Tunduk.Evidence.Log;

/// <summary>Names one entry for ever: its log and its position there (0 is the first). Written <c>LOGID-INDEX</c>.</summary>
public readonly record struct RecordId(LogId Log, long Index)
{
    /// <summary>The highest index a record id may carry: 2^40 − 1.</summary>
    public const long MaxIndex = (1L << 40) - 1;

    public static bool TryParse(ReadOnlySpan<char> text, out RecordId id)
    {
        id = default;
        if (text.Length is < 34 or > 47 || text[32] != '-' || !LogId.TryParse(text[..32], out LogId log)
            || !long.TryParse(text[33..], NumberStyles.None, CultureInfo.InvariantCulture, out long index)
            || index > MaxIndex || (text[33] == '0' && text.Length != 34))
        {
            return false;
        }

        id = new RecordId(log, index);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Log}-{Index}");
}
