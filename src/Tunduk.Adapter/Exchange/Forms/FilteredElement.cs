namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>The one element of Body after the agreement's list.</summary>
/// <param name="Xml">What is left, with the namespace declarations it needs.</param>
/// <param name="Body">The same as JSON, and what was taken away by name.</param>
/// <param name="KeptIncludes">References of attachments that are the value of a field that stays (XOP).</param>
/// <param name="RemovedIncludes">References of attachments whose field was taken away.</param>
internal sealed record FilteredElement(ReadOnlyMemory<byte> Xml, FilteredBody Body, IReadOnlyList<string> KeptIncludes, IReadOnlyList<string> RemovedIncludes)
{
    /// <summary>New names of the attachments that fields hold, by their old ones.</summary>
    public IReadOnlyDictionary<string, string> Renamed { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
