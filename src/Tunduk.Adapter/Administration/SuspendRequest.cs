namespace Tunduk.Adapter.Administration;

/// <summary>An order to stop the exchange under an agreement, or to lift the stop.</summary>
/// <param name="Agreement">Id.</param>
/// <param name="Reason">Why; archived sealed.</param>
/// <param name="From">When the stop begins; null: at once. Not used when lifting.</param>
/// <param name="Until">When it ends by itself; null: when lifted. Not used when lifting.</param>
internal sealed record SuspendRequest(string? Agreement, string? Reason, DateTimeOffset? From = null, DateTimeOffset? Until = null);
