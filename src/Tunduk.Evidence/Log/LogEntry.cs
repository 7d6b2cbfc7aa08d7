namespace Tunduk.Evidence.Log;

/// <summary>One decoded entry: everything that stands in a leaf (proto/ENTRY-FORMAT.md §2). It holds nothing personal.</summary>
public sealed record LogEntry
{
    public required LogId Log { get; init; }
    public required long Index { get; init; }
    public required EntryKind Kind { get; init; }
    public ExchangeRole Role { get; init; }

    /// <summary>Claimed time (the adapter's clock) in microseconds; never less than the time of the entry before.</summary>
    public required DateTimeOffset Time { get; init; }
    public EntryFlags Flags { get; init; }
    public SignatureStatus Signature { get; init; }

    /// <summary>Root of the commitment tree over the sealed values; null when the entry has none.</summary>
    public LogHash? Commitment { get; init; }

    /// <summary>Depth of that tree: it has 2^depth leaves, random ones included. 0 to 20.</summary>
    public int CommitmentDepth { get; init; }

    /// <summary>Binds the sealed part; present exactly when <see cref="Commitment"/> is.</summary>
    public UInt128 SealId { get; init; }
    public DateTimeOffset? EventTime { get; init; }
    public long? MessageSize { get; init; }
    public long? FilteredSize { get; init; }
    public string? Stage { get; init; }
    public string? Code { get; init; }
    public string? Counterparty { get; init; }
    public string? OwnSubsystem { get; init; }
    public string? Service { get; init; }
    public string? Agreement { get; init; }
    public int? AgreementVersion { get; init; }
    public string? ArchivingListVersion { get; init; }

    /// <summary>32 bytes or empty.</summary>
    public ReadOnlyMemory<byte> CertificateSha256 { get; init; }
    public RecordId? Link { get; init; }
    public int? Count { get; init; }
    public string? Subject { get; init; }
}
