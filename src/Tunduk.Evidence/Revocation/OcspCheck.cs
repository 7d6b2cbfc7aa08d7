using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Evidence.Revocation;

/// <summary>What an OCSP response is held against.</summary>
public sealed record OcspCheck
{
    /// <summary>The certificate in question.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>Its issuer, whose chain the caller has built.</summary>
    public required X509Certificate2 Issuer { get; init; }

    /// <summary>The moment of the check.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The nonce of the request; empty for none (stapled answers from an archive).</summary>
    public ReadOnlyMemory<byte> Nonce { get; init; }

    /// <summary>Refuses an answer without the nonce. Default false: many authorities serve answers made beforehand.</summary>
    public bool NonceRequired { get; init; }

    /// <summary>How far clocks may differ. Default 60 s.</summary>
    public TimeSpan AllowedSkew { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How old an answer without nextUpdate may be. Default 1 h.</summary>
    public TimeSpan MaximumAge { get; init; } = TimeSpan.FromHours(1);
}
