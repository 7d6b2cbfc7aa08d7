using Tunduk.Evidence.Timestamps;

namespace Tunduk.Archive;

/// <summary>What <c>verify</c> checks and against what.</summary>
public sealed record VerifyOptions
{
    /// <summary>
    /// Public keys (DER SubjectPublicKeyInfo) that may have signed checkpoints. Empty: signatures are checked with the keys the
    /// log names, and the report says that the signer is not established.
    /// </summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> TrustedKeys { get; init; } = [];

    /// <summary>Checkpoints from elsewhere (anchors, bundles, counterparties) that the log must be consistent with; signed notes.</summary>
    public IReadOnlyList<string> Against { get; init; } = [];

    /// <summary>Files of such checkpoints, one or several in each, an empty line after each, as an anchor's file has them.</summary>
    public IReadOnlyList<string> AgainstFiles { get; init; } = [];

    /// <summary>
    /// Time-stamping authorities that count. A stamp of another one is no failure of the log: like all of them where this is null it is not checked,
    /// and the report says how many were not.
    /// </summary>
    public TimestampTrust? TimestampTrust { get; init; }

    /// <summary>Open sealed parts and payloads and check every commitment. Default true.</summary>
    public bool CheckSealed { get; init; } = true;

    /// <summary>Let the database check its own file: every page, and every index against its table. Default true.</summary>
    public bool CheckFile { get; init; } = true;

    /// <summary>Checks message signatures; null: none are checked, all are counted as attested.</summary>
    public IMessageVerifier? Messages { get; init; }

    /// <summary>Threads. 0: one per processor.</summary>
    public int Parallelism { get; init; }

    /// <summary>Told now and then: entries checked, entries in all.</summary>
    public IProgress<(long Done, long Total)>? Progress { get; init; }

    /// <summary>How many failures are listed one by one; all are counted. Default 1,000.</summary>
    public int MaxListed { get; init; } = 1000;

    /// <summary>Told of every failure beyond those that are listed, as it is found, on any thread: what fails is named however much it is.</summary>
    public Action<VerifyFailure>? Unlisted { get; init; }
}
