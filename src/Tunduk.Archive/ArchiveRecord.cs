using Tunduk.Evidence.Log;

namespace Tunduk.Archive;

/// <summary>An entry with what is left of its sealed part.</summary>
public sealed record ArchiveRecord
{
    public required RecordId Record { get; init; }
    public required LogEntry Entry { get; init; }

    /// <summary>The leaf's exact bytes.</summary>
    public required ReadOnlyMemory<byte> Leaf { get; init; }

    /// <summary>The entry that ended this request, if it is one and has an end.</summary>
    public RecordId? End { get; init; }

    /// <summary>What can be read now; <see cref="SealState.Erased"/> leaves the lists empty.</summary>
    public required SealState State { get; init; }

    /// <summary>The values that were not erased, in their order.</summary>
    public IReadOnlyList<SealedValue> Values { get; init; } = [];

    /// <summary>The payload parts that were not erased.</summary>
    public IReadOnlyList<PayloadPart> Parts { get; init; } = [];

    public string? UserId => Find("$userId");
    public string? Basis => Find("$issue");
    public string? MessageId => Find("$messageId");
    public string? RepresentedParty => Find("$representedParty");

    private string? Find(string path)
    {
        foreach (SealedValue value in Values)
        {
            if (value.Path == path)
            {
                return value.AsText();
            }
        }

        return null;
    }

    // Values must not reach a log line through a record's generated text.
    public override string ToString() => Record.ToString();
}
