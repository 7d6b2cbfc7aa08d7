namespace Tunduk.XRoad.Contracts;

/// <summary>How a REST operation is called.</summary>
/// <param name="Method">The HTTP method, upper case.</param>
/// <param name="Path">The path template, for example <c>/persons/{pin}</c>.</param>
public sealed record RestBinding(string Method, string Path);
