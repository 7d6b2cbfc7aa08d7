using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Exchange;

/// <summary>A fault after the agreement's rules.</summary>
/// <param name="Code">The code; a fixed one where the service's was no code.</param>
/// <param name="Text">The text, or how long it was.</param>
/// <param name="Detail">The detail element as XML with what the agreement lists of it; empty: none.</param>
/// <param name="Removed">What was taken away, by name.</param>
internal sealed record FilteredFault(string Code, string Text, ReadOnlyMemory<byte> Detail, IReadOnlyList<RemovedField> Removed);
