using Tunduk.Adapter.Trust;

namespace Tunduk.Adapter.Hosting;

/// <summary>State for operations; no personal data, no secrets.</summary>
/// <param name="Ready">True when exchanges are taken.</param>
/// <param name="Problems">Why not.</param>
/// <param name="Warnings">What will become a problem, and permissive settings that are on.</param>
internal sealed record HealthReport(bool Ready, IReadOnlyList<string> Problems, IReadOnlyList<string> Warnings)
{
    /// <summary>Entries acknowledged.</summary>
    public long Entries { get; init; }

    /// <summary>Entries the head store does not vouch for yet.</summary>
    public long HeadLag { get; init; }

    /// <summary>Size of the newest checkpoint.</summary>
    public long CheckpointSize { get; init; }

    /// <summary>Entries no anchor has a receipt for.</summary>
    public long AnchorLag { get; init; }

    /// <summary>Up to where a rewrite by the owner is excluded, by which anchor.</summary>
    public string RewriteStatement { get; init; } = "";

    /// <summary>Every certificate in play, the first to end first.</summary>
    public IReadOnlyList<CertificateRow> Certificates { get; init; } = [];

    /// <summary>Requests under way.</summary>
    public int OpenRequests { get; init; }
}
