using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Agreements;

/// <summary>
/// The executable form of Annex 1 and of the SLA with one counterparty. Immutable; <see cref="Digest"/> names the
/// exact text it was read from.
/// </summary>
internal sealed record Agreement
{
    public required string Id { get; init; }

    public required int Version { get; init; }

    /// <summary>Line of the document in which the version stands, from 1.</summary>
    public int VersionLine { get; init; }

    public required string File { get; init; }

    public required AgreementDigest Digest { get; init; }

    public required ClientId Own { get; init; }

    public required ClientId Counterparty { get; init; }

    public required AgreementRole Role { get; init; }

    public required AgreementBasis Basis { get; init; }

    public required AgreementPeriod Valid { get; init; }

    /// <summary>What the issue must begin with; empty: not agreed.</summary>
    public required IReadOnlyList<string> Purposes { get; init; }

    /// <summary>The basis put in for clients of our own that cannot give one; null: they must.</summary>
    public string? DefaultIssue { get; init; }

    /// <summary>Codes that may stand behind the caller; empty: nobody (no onward transfer, model SLA 3.4).</summary>
    public required IReadOnlySet<string> RepresentedParties { get; init; }

    public required IReadOnlyList<AgreementContact> Contacts { get; init; }

    public required AgreementSignature Signature { get; init; }

    public required IReadOnlyList<AgreementCertificate> Certificates { get; init; }

    public required AgreementCaller Caller { get; init; }

    /// <summary>How what the counterparty sends is held against the contract's namespaces.</summary>
    public AgreementNamespaces Namespaces { get; init; }

    public required IReadOnlyList<AgreementHours> Hours { get; init; }

    public required AgreementLimits Limits { get; init; }

    public required IReadOnlyList<AgreementService> Services { get; init; }

    public required AgreementArchive Archive { get; init; }

    /// <summary>What the file says about suspension; the store adds suspensions ordered at run time.</summary>
    public AgreementSuspension? Suspended { get; init; }

    /// <summary>The first day without it: the end of its validity, or of the consent behind it if that is earlier.</summary>
    public DateOnly? Ends => Basis.Until is { } consent && !(Valid.Until < consent) ? consent : Valid.Until;

    public IEnumerable<AgreementKey> Keys => Services.Select(s => new AgreementKey(Own, Counterparty, s.Service, Role));
}
