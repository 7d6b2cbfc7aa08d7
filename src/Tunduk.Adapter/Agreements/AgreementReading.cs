namespace Tunduk.Adapter.Agreements;

/// <summary>What reading a document gave: the agreement, unless there is an error among the faults.</summary>
/// <param name="Agreement">Null when an error is among the faults.</param>
/// <param name="Faults">Errors and warnings.</param>
/// <param name="Keys">The keys the document is about, as far as they could be read, also when it has errors.</param>
internal sealed record AgreementReading(Agreement? Agreement, IReadOnlyList<AgreementFault> Faults, IReadOnlyList<AgreementKey> Keys);
