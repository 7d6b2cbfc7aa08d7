namespace Tunduk.Adapter.Sandbox.Register;

/// <summary>An invented vehicle.</summary>
internal sealed record InventedCar(string GovPlate, string Brand, string Model, int Year);
