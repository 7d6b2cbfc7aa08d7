namespace Tunduk.Adapter.Sandbox.Register;

/// <summary>An invented identity document.</summary>
internal sealed record InventedDocument(
    string Type, string Series, string Number, DateOnly IssuedDate, DateOnly? ExpiredDate, string Authority);
