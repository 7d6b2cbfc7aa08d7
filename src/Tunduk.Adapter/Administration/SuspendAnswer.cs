namespace Tunduk.Adapter.Administration;

/// <summary>What became of an order.</summary>
/// <param name="Agreement">Id.</param>
/// <param name="State">How the agreement stands now.</param>
/// <param name="From">When the stop begins.</param>
/// <param name="Until">When it ends by itself.</param>
/// <param name="Record">The order's entry in the archive; null where it could not be written, and then a stop holds all the same.</param>
internal sealed record SuspendAnswer(string Agreement, string State, DateTimeOffset? From, DateTimeOffset? Until, string? Record);
