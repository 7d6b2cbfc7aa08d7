namespace Tunduk.XRoad.Metaservices;

/// <summary>An endpoint of a REST service as a security server lists it.</summary>
public readonly record struct ListedEndpoint(string Method, string Path);
