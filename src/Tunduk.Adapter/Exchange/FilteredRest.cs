using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Exchange;

/// <summary>A REST message after the agreement's lists.</summary>
/// <param name="Message">What is left.</param>
/// <param name="Removed">What was taken away, by name: <c>query/…</c>, <c>header/…</c> and fields of the body.</param>
internal sealed record FilteredRest(RestMessage Message, IReadOnlyList<RemovedField> Removed);
