namespace Tunduk.XRoad.Contracts;

/// <summary>One answer that an OpenAPI operation describes.</summary>
/// <param name="Status">A status, a range of them (<c>2XX</c>) or <c>default</c>.</param>
/// <param name="IsJson">It has content, and all of it is JSON: a body that is empty does not meet it.</param>
public sealed record RestAnswer(string Status, bool IsJson);
