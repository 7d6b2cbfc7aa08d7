namespace Tunduk.XRoad.Contracts;

/// <summary>A parameter of a REST operation.</summary>
/// <param name="Place"><c>path</c>, <c>query</c> or <c>header</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Separator">What stands between the values of a list; null where the parameter is repeated for each (<c>explode</c>).</param>
public sealed record RestParameter(string Place, string Name, char? Separator);
