namespace Tunduk.Adapter.Agreements;

/// <summary>A person or office of the counterparty, for notices; free text.</summary>
internal sealed record AgreementContact(string Role, string? Name, string? Email, string? Phone);
