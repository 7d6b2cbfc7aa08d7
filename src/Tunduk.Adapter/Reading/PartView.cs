namespace Tunduk.Adapter.Reading;

/// <summary>A payload part held, by name.</summary>
internal sealed record PartView(string Name, string MediaType, int Length);
