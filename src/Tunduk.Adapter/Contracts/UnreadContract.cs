namespace Tunduk.Adapter.Contracts;

/// <summary>A service whose served contract could not be had or read.</summary>
/// <param name="Name">Alias, or name in <c>Provides</c>.</param>
/// <param name="Why">Why, in words.</param>
internal sealed record UnreadContract(string Name, string Why);
