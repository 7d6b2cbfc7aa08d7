using Tunduk.Archive;

namespace Tunduk.Adapter.Reading;

/// <summary>One record with the names of what it holds.</summary>
internal sealed record RecordView
{
    public required EntryView Entry { get; init; }

    /// <summary>State of the sealed part: complete, partial, erased, none, damaged, key-missing.</summary>
    public required SealState Sealed { get; init; }

    /// <summary>Paths of the values held, and how each was there.</summary>
    public IReadOnlyList<FieldView> Fields { get; init; } = [];

    /// <summary>Payload parts held.</summary>
    public IReadOnlyList<PartView> Parts { get; init; } = [];
}
