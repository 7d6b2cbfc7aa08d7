using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Verification;

/// <summary>Of all checkpoints that anybody outside the archive vouches for, those that reach furthest: one by one, none kept but these.</summary>
internal sealed class Vouching
{
    private const int MostNamed = 3;
    private readonly List<string> names = [];
    private Voucher? first;
    private Voucher? stampedThere;

    /// <summary>The furthest with a time-stamp; null where none has one.</summary>
    public Voucher? Stamped { get; private set; }

    /// <summary>The furthest; of several that reach as far all are named, three at most. A time-stamp says more than the adapter's clock.</summary>
    public Voucher? Furthest => stampedThere ?? (first is { } only ? only with { Where = string.Join(Phrases.Of("Verification.And"), names.Order(StringComparer.Ordinal)) } : null);

    public void Add(Voucher voucher)
    {
        if (voucher.Stamped is not null && (Stamped is null || voucher.Note.Size > Stamped.Value.Note.Size))
        {
            Stamped = voucher;
        }

        if (first is null || voucher.Note.Size > first.Value.Note.Size)
        {
            names.Clear();
            first = voucher;
            stampedThere = null;
        }
        else if (voucher.Note.Size < first.Value.Note.Size)
        {
            return;
        }

        stampedThere ??= voucher.Stamped is null ? null : voucher;
        if (names.Count < MostNamed && !names.Contains(voucher.Where, StringComparer.Ordinal))
        {
            names.Add(voucher.Where);
        }
    }
}
