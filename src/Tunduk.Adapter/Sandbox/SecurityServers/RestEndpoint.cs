namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>A method (<c>*</c>: any) and a path of a REST service (<c>*</c>: one segment, <c>**</c>: the rest).</summary>
internal sealed record RestEndpoint(string Method, string Path);
