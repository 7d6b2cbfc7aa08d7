namespace Tunduk.Adapter.Agreements;

/// <summary>Kind of legal ground; the texts themselves are data.</summary>
internal enum AgreementBasisKind
{
    Sla,
    Consent,
    Law,
}

/// <summary>On what the exchange rests (joining agreement 2.5 and 3.2.9).</summary>
/// <param name="Kind">SLA, consent of the participant where there is no SLA, or law.</param>
/// <param name="Reference">The document, as people cite it.</param>
/// <param name="Date">Its date.</param>
/// <param name="Until">The day from which a consent no longer holds; null: as long as the agreement.</param>
internal sealed record AgreementBasis(AgreementBasisKind Kind, string Reference, DateOnly? Date, DateOnly? Until);
