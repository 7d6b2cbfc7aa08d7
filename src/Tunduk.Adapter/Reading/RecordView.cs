using Tunduk.Archive;

namespace Tunduk.Adapter.Reading;

/// <summary>One record, as deep as the grant goes.</summary>
internal sealed record RecordView
{
    public required EntryView Entry { get; init; }

    /// <summary>The signed checkpoint the entry's proof leads to.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>How deep this view goes.</summary>
    public Grants.GrantDepth Depth { get; init; }

    /// <summary>The grant it was answered under.</summary>
    public string? Grant { get; init; }

    /// <summary>State of the sealed part: complete, partial, erased, none, damaged, key-missing.</summary>
    public required SealState Sealed { get; init; }

    /// <summary>Paths of the values held, and how each was there.</summary>
    public IReadOnlyList<FieldView> Fields { get; init; } = [];

    /// <summary>Payload parts held.</summary>
    public IReadOnlyList<PartView> Parts { get; init; } = [];
}
