using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Reading;

/// <summary>An entry as a reader sees it: what stands in the log, and no value of the sealed part.</summary>
internal sealed record EntryView
{
    public required string Record { get; init; }

    public required string Kind { get; init; }

    public string? Role { get; init; }

    /// <summary>Claimed time: the adapter's clock.</summary>
    public DateTimeOffset Time { get; init; }

    public string? Own { get; init; }

    public string? Counterparty { get; init; }

    public string? Service { get; init; }

    public string? Stage { get; init; }

    public string? Outcome { get; init; }

    public string? Agreement { get; init; }

    public int? AgreementVersion { get; init; }

    public string? Signature { get; init; }

    public string? CertificateSha256 { get; init; }

    public long? MessageSize { get; init; }

    public long? FilteredSize { get; init; }

    public int? Count { get; init; }

    public IReadOnlyList<string>? Flags { get; init; }

    /// <summary>The request this entry belongs to.</summary>
    public string? Request { get; init; }

    /// <summary>The entry that ended this request.</summary>
    public string? End { get; init; }

    /// <summary>What proves the entry.</summary>
    public ProofView? Proof { get; init; }

    /// <summary>About what an entry of the archive itself is.</summary>
    public string? Subject { get; init; }

    public static EntryView Of(RecordId record, LogEntry entry, RecordId? end) => new()
    {
        Record = record.ToString(),
        Kind = Words(entry.Kind.ToString()),
        Role = entry.Role == ExchangeRole.None ? null : Words(entry.Role.ToString()),
        Time = entry.Time,
        Own = entry.OwnSubsystem,
        Counterparty = entry.Counterparty,
        Service = entry.Service,
        Stage = entry.Stage,
        Outcome = entry.Code,
        Agreement = entry.Agreement,
        AgreementVersion = entry.AgreementVersion,
        Signature = entry.Kind is EntryKind.Request or EntryKind.Response or EntryKind.Refusal ? Words(entry.Signature.ToString()) : null,
        CertificateSha256 = entry.CertificateSha256.IsEmpty ? null : Convert.ToHexStringLower(entry.CertificateSha256.Span),
        MessageSize = entry.MessageSize,
        FilteredSize = entry.FilteredSize,
        Count = entry.Count,
        Flags = entry.Flags == EntryFlags.None ? null : [.. Enum.GetValues<EntryFlags>().Where(flag => flag != EntryFlags.None && entry.Flags.HasFlag(flag)).Select(flag => Words(flag.ToString()))],
        Request = entry.Link?.ToString(),
        End = end?.ToString(),
        Subject = entry.Subject,
    };

    // OutcomeUnknown → outcome-unknown
    private static string Words(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));
}
