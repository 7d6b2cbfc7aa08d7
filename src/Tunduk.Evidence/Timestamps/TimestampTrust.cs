using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Evidence.Timestamps;

/// <summary>Which authorities' time counts.</summary>
public sealed record TimestampTrust
{
    /// <summary>Roots, or the authorities' own certificates: configured, never downloaded.</summary>
    public required X509Certificate2Collection Anchors { get; init; }

    /// <summary>Certificates that may complete a chain; not trusted by themselves.</summary>
    public X509Certificate2Collection Intermediates { get; init; } = [];

    /// <summary>Policies that count; empty accepts any.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    /// <summary>Worst accuracy accepted where the token states one. Default 60 s.</summary>
    public TimeSpan MaximumAccuracy { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How far clocks may differ. Default 60 s.</summary>
    public TimeSpan AllowedSkew { get; init; } = TimeSpan.FromSeconds(60);
}
