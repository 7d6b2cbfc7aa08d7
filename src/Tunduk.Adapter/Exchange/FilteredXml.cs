using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Exchange;

/// <summary>An operation's element after the agreement's list.</summary>
/// <param name="Xml">The element; namespace declarations of its ancestors are not in it.</param>
/// <param name="Removed">What was taken away, by name.</param>
/// <param name="KeptIncludes">References of the attachments that listed fields hold.</param>
/// <param name="RemovedIncludes">References of the attachments whose fields were removed.</param>
internal sealed record FilteredXml(ReadOnlyMemory<byte> Xml, IReadOnlyList<RemovedField> Removed, IReadOnlyList<string> KeptIncludes, IReadOnlyList<string> RemovedIncludes)
{
    /// <summary>New names of the attachments that fields hold, by their old ones.</summary>
    public IReadOnlyDictionary<string, string> Renamed { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
