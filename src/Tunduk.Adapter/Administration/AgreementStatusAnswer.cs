namespace Tunduk.Adapter.Administration;

/// <summary>How the agreements stand.</summary>
/// <param name="Since">Counts are from this moment on; null: no adapter runs, and nothing is counted.</param>
/// <param name="Agreements">One row for each document.</param>
/// <param name="Alarms">What somebody has to look at.</param>
internal sealed record AgreementStatusAnswer(DateTimeOffset? Since, IReadOnlyList<AgreementStatusRow> Agreements, IReadOnlyList<string> Alarms);
