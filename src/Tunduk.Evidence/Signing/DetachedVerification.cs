using Tunduk.Evidence.Trust;

namespace Tunduk.Evidence.Signing;

/// <summary>The result of verifying a detached signature.</summary>
/// <param name="Fault">None for a valid one.</param>
/// <param name="Trust">Why the certificate is not trusted.</param>
/// <param name="Signer">Valid: the signer.</param>
/// <param name="Algorithm">Valid: the algorithm.</param>
/// <param name="SigningTime">Valid: the time the signer claims.</param>
public sealed record DetachedVerification(
    DetachedFault Fault,
    TrustFault Trust = TrustFault.None,
    TrustedSigner? Signer = null,
    SignatureAlgorithm? Algorithm = null,
    DateTimeOffset? SigningTime = null)
{
    /// <summary>No fault.</summary>
    public bool IsValid => Fault == DetachedFault.None;
}
