namespace Tunduk.Adapter.Reading;

/// <summary>A payload part held.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Content">The content, base64, where the reader may see it.</param>
internal sealed record PartView(string Name, string MediaType, int Length, byte[]? Content);
