using Tunduk.Evidence.Log;

namespace Tunduk.Evidence.Bundles;

/// <summary>How a bundle is checked.</summary>
public sealed record BundleCheckOptions
{
    /// <summary>The moment of the check.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Whom the reader believes; null: the bundle is only found consistent.</summary>
    public BundleTrust? Trust { get; init; }

    /// <summary>Checkpoints the reader has from elsewhere: an earlier bundle, an anchor, a counterparty.</summary>
    public IReadOnlyList<SignedCheckpoint> Against { get; init; } = [];

    /// <summary>Hashes of checkpoints that counterparties archived: one that this history does not hold is a finding.</summary>
    public IReadOnlyList<SeenCheckpoint> Seen { get; init; } = [];

    /// <summary>How many findings are listed one by one; all are counted. Default 1,000.</summary>
    public int MaxListed { get; init; } = 1000;

    /// <summary>Told now and then how many records are done.</summary>
    public IProgress<long>? Progress { get; init; }
}
