namespace Tunduk.XRoad.Contracts.OpenApi;

/// <summary>A header of a request or an answer, as an OpenAPI document describes it.</summary>
/// <param name="Name">The header's name.</param>
/// <param name="Description">What it means.</param>
/// <param name="Required">Whether a request without it is refused.</param>
public sealed record OpenApiHeader(string Name, string Description, bool Required = false);
