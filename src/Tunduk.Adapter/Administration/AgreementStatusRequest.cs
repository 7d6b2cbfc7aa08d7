namespace Tunduk.Adapter.Administration;

/// <summary>Which agreements to show.</summary>
/// <param name="Agreement">Id; null: all.</param>
internal sealed record AgreementStatusRequest(string? Agreement = null);
