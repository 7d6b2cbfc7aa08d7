namespace Tunduk.Adapter.Reading;

/// <summary>A field held in the sealed part, as deep as the reader may see.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Presence"><c>present</c>, <c>null</c> or <c>removed</c>.</param>
/// <param name="Length">Bytes of the value; absent at the depths that show none.</param>
/// <param name="Value">The value, whole or masked; absent at the depths that show none.</param>
internal sealed record FieldView(string Path, string Presence, int? Length, string? Value);
