using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Keys;

namespace Tunduk.Adapter.Trust;

/// <summary>One certificate in play: what for, until when, and what breaks with it.</summary>
/// <param name="Kind">signing, tls-listener, tls-client, security-server, counterparty, anchor, intermediate, revocation-authority or timestamp-authority.</param>
/// <param name="Name">The setting or party it belongs to.</param>
/// <param name="Certificate">The certificate.</param>
/// <param name="Breaks">What stops when it ends, in words.</param>
internal sealed record CertificateUse(string Kind, string Name, X509Certificate2 Certificate, string Breaks)
{
    /// <summary>Days before its end at which a certificate is named to operations.</summary>
    public const int WarnDays = 30;

    /// <summary>Revocation as last known: good, revoked, unanswered; null where it is not asked.</summary>
    public string? Revocation { get; init; }

    /// <summary>When the authority said so.</summary>
    public DateTimeOffset? RevocationKnown { get; init; }

    /// <summary>The last signature made or accepted by it since the start; null where that is not counted.</summary>
    public DateTimeOffset? LastUse { get; init; }

    /// <summary>True for certificates of the owner's own keys.</summary>
    public bool IsOwn => Kind is "signing" or "tls-listener" or "tls-client";

    /// <summary>SHA-256 of the certificate, hexadecimal.</summary>
    public string Sha256 => Certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    public DateTimeOffset From => new(Certificate.NotBefore.ToUniversalTime());

    public DateTimeOffset Until => new(Certificate.NotAfter.ToUniversalTime());

    /// <summary>Whole days until its end; negative afterwards.</summary>
    public int DaysLeft(DateTimeOffset now) => (int)Math.Floor((Until - now).TotalDays);

    /// <summary>What operations should do about it; null while there is nothing.</summary>
    public string? Warning(DateTimeOffset now)
    {
        var what = Phrases.Of("Trust.CertificateSerial", Kind, Name, Certificate.SerialNumber);
        return Revocation == "revoked" ? Phrases.Of("Trust.Revoked", what, Breaks)
            : now < From ? Phrases.Of("Trust.ValidFromOnlyUntil", what, From, Breaks)
            : DaysLeft(now) < 0 ? Phrases.Of("Trust.Ended", what, Until, Breaks)
            : DaysLeft(now) < WarnDays ? Phrases.Of("Trust.EndsDaysZThen", what, DaysLeft(now), Until, Breaks)
            : Kind is "signing" or "certificate" && KeyStrength.Warning(Certificate) is { } weak ? $"{(Kind == "signing" ? Phrases.Of("Trust.SigningCertificate") : Kind)} {Name}: {weak}"
            : null;
    }

    /// <summary>The row as it is shown.</summary>
    public CertificateRow ToRow(DateTimeOffset now) => new()
    {
        Kind = Kind,
        Name = Name,
        Subject = Certificate.Subject,
        Issuer = Certificate.Issuer,
        Serial = Certificate.SerialNumber,
        Sha256 = Sha256,
        ValidFrom = From,
        ValidUntil = Until,
        DaysLeft = DaysLeft(now),
        Revocation = Revocation,
        RevocationAgeSeconds = RevocationKnown is { } known ? (long)(now - known).TotalSeconds : null,
        LastUse = LastUse,
        Breaks = Breaks,
        Warning = Warning(now),
    };
}
