using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Tunduk.Evidence.Revocation;

/// <summary>What an OCSP response or a CRL says of one certificate.</summary>
public sealed record RevocationAnswer
{
    /// <summary>None where <see cref="Status"/> can be relied on.</summary>
    public RevocationFault Fault { get; init; }

    /// <summary>The stable spelling of the fault, for example <c>ocsp_try_later</c>; empty when there is none.</summary>
    public string CodeName => Fault == RevocationFault.None ? "" : Spell(IsList ? "crl" : "ocsp", Fault.ToString());

    /// <summary>The status.</summary>
    public RevocationStatus Status { get; init; }

    /// <summary>Revoked: since when.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Revoked: the reason, if the authority gives one.</summary>
    public X509RevocationReason? Reason { get; init; }

    /// <summary>The moment the status is known to be right.</summary>
    public DateTimeOffset ThisUpdate { get; init; }

    /// <summary>Until when the answer may be kept; none if the authority sets no end.</summary>
    public DateTimeOffset? NextUpdate { get; init; }

    /// <summary>OCSP: when the response was signed.</summary>
    public DateTimeOffset? ProducedAt { get; init; }

    /// <summary>OCSP: the delegated responder's certificate; null if the issuer itself signed.</summary>
    public X509Certificate2? Responder { get; init; }

    /// <summary>Stale or early answers: seconds past the allowed moment, the allowed skew not subtracted.</summary>
    public double? SkewSeconds { get; init; }

    /// <summary>From a CRL; otherwise from OCSP.</summary>
    public bool IsList { get; init; }

    /// <summary>Was the certificate revoked at that moment? A revocation afterwards leaves older signatures as they were.</summary>
    public bool IsRevokedAt(DateTimeOffset moment) => Status == RevocationStatus.Revoked && (RevokedAt is null || RevokedAt <= moment);

    internal static string Spell(string prefix, string name)
    {
        var text = new StringBuilder(prefix);
        foreach (char c in name)
        {
            text.Append(char.IsUpper(c) ? "_" : "").Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
