namespace Tunduk.Adapter.Agreements;

/// <summary>How often something happened under an agreement.</summary>
/// <param name="Service">Code and version of the service.</param>
/// <param name="Name">A path, or a code and a path.</param>
/// <param name="Count">How often.</param>
internal sealed record UsageCount(string Service, string Name, long Count);
