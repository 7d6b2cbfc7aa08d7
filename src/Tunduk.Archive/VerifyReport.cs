namespace Tunduk.Archive;

/// <summary>The result of <c>verify</c>.</summary>
public sealed record VerifyReport
{
    public long Logs { get; init; }
    public long Entries { get; init; }
    public long Checkpoints { get; init; }

    /// <summary>Sealed parts that were opened and fit their entry's commitment root.</summary>
    public long SealedComplete { get; init; }

    /// <summary>Sealed parts of which some values were erased; what is left fits.</summary>
    public long SealedPartial { get; init; }

    /// <summary>Sealed parts that were erased as a whole and are covered by an erasure entry.</summary>
    public long SealedErased { get; init; }
    public long Values { get; init; }
    public long Parts { get; init; }

    public long SignaturesVerified { get; init; }
    public long SignaturesAttested { get; init; }
    public long SignaturesAbsent { get; init; }
    public long SignaturesFailed { get; init; }

    /// <summary>Time-stamps of checkpoints that were verified against the authorities given.</summary>
    public long Timestamps { get; init; }

    /// <summary>Time-stamps that were not verified: no authority was given, or their sealed part could not be opened.</summary>
    public long TimestampsUnchecked { get; init; }

    /// <summary>Whether checkpoint signatures were checked with keys given from outside.</summary>
    public bool SignerEstablished { get; init; }

    public long FailureCount { get; init; }
    public IReadOnlyList<VerifyFailure> Failures { get; init; } = [];

    /// <summary>Up to where a rewrite by the owner is excluded, in one sentence.</summary>
    public string RewriteStatement { get; init; } = "";

    /// <summary>What is not wrong and must be known all the same: entries that were lost and whose loss a later log names.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    public bool Ok => FailureCount == 0;
}
