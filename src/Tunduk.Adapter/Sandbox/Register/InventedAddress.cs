namespace Tunduk.Adapter.Sandbox.Register;

/// <summary>The parts of an invented address.</summary>
internal sealed record InventedAddress(
    string Country, string Region, string District, string Locality, string Street, string House, string? Apartment);
