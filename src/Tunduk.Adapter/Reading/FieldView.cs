namespace Tunduk.Adapter.Reading;

/// <summary>A field held in the sealed part, by name.</summary>
internal sealed record FieldView(string Path, string Presence, int Length);
