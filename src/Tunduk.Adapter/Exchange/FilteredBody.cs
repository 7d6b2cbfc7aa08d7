using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Exchange;

/// <summary>A body after the agreement's list.</summary>
/// <param name="Json">What is left.</param>
/// <param name="Removed">What was taken away, by name.</param>
internal sealed record FilteredBody(ReadOnlyMemory<byte> Json, IReadOnlyList<RemovedField> Removed)
{
    /// <summary>HTTP status of a REST answer.</summary>
    public int Status { get; init; } = 200;
}
