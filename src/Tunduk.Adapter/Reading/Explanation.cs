namespace Tunduk.Adapter.Reading;

/// <summary>What happened in one exchange, in words.</summary>
internal sealed record Explanation
{
    public required EntryView Entry { get; init; }

    /// <summary>The outcome's title.</summary>
    public required string Title { get; init; }

    public string? Remedy { get; init; }

    /// <summary>Address of the code's text, relative to the listener.</summary>
    public string? Documentation { get; init; }

    /// <summary>True: the provider may have executed the request all the same; null otherwise.</summary>
    public bool? OutcomeUnknown { get; init; }

    /// <summary>The trace of the call that was refused.</summary>
    public string? TraceId { get; init; }

    /// <summary>Where the rule stands that refused, as it was then.</summary>
    public string? Rule { get; init; }

    public string? Path { get; init; }

    public string? Expected { get; init; }

    public string? Found { get; init; }

    /// <summary>Explanations of a refusal: element, algorithm, lengths, seconds, serial numbers.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    /// <summary>What was found out about a signature that verified: algorithm, times, what is covered, signer, evidence.</summary>
    public string? Verified { get; init; }

    /// <summary>Names of fields the agreement removed.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>The entry that ended the request, when the record is a request; the request, when it is an end.</summary>
    public EntryView? Other { get; init; }
}
