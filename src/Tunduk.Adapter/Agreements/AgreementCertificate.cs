namespace Tunduk.Adapter.Agreements;

/// <summary>A signing certificate of the counterparty: pinned itself, or issued by a named authority with a subject rule.</summary>
/// <param name="Sha256">Digest of the pinned certificate (DER); null with <paramref name="Authority"/>.</param>
/// <param name="Authority">Digest of the certificate of the authority; null with <paramref name="Sha256"/>.</param>
/// <param name="Subject">Text the subject name must have as one of its parts, such as <c>SERIALNUMBER=70009001</c>.</param>
/// <param name="Period">When it is accepted.</param>
internal sealed record AgreementCertificate(AgreementDigest? Sha256, AgreementDigest? Authority, string? Subject, AgreementPeriod Period);
