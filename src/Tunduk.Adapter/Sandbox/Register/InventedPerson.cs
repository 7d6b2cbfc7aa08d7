namespace Tunduk.Adapter.Sandbox.Register;

/// <summary>An invented person of the demonstration register. Dates are ISO 8601 (yyyy-MM-dd).</summary>
internal sealed record InventedPerson(
    string Pin,
    string Surname,
    string Name,
    string? Patronymic,
    string Gender,
    DateOnly DateOfBirth,
    string Nationality,
    string? MaritalStatus,
    InventedAddress Address,
    IReadOnlyList<InventedDocument> Documents,
    string Photo,
    IReadOnlyList<InventedCar> Cars);
