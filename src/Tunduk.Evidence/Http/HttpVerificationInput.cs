using Tunduk.Evidence.Trust;

namespace Tunduk.Evidence.Http;

/// <summary>What a signature is held against.</summary>
public sealed record HttpVerificationInput
{
    /// <summary>Who may sign.</summary>
    public required SignerTrust Trust { get; init; }

    /// <summary>The moment of receipt.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>How far clocks may differ. Default 60 s.</summary>
    public TimeSpan AllowedSkew { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time from Created to Expires. Default 1 h.</summary>
    public TimeSpan MaximumLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Names of further header fields, those the parties agreed on: one that the message has must be covered. Default none.</summary>
    public IReadOnlyCollection<string> Listed { get; init; } = [];

    /// <summary>SHA-256 of own signing certificates: their signatures are copies of ours, unless pinned as the peer's.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> OwnCertificates { get; init; } = [];
}
