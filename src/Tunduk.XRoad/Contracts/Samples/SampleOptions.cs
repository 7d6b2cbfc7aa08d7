namespace Tunduk.XRoad.Contracts.Samples;

/// <summary>How full invented messages are.</summary>
public sealed record SampleOptions
{
    /// <summary>For documentation: everything optional once, the first of every choice, nothing nil.</summary>
    public static SampleOptions Example { get; } = new() { OptionalPercent = 100, NilPercent = 0, MaxRepeat = 1, FirstChoice = true };

    /// <summary>For tests and sandboxes: everything varies.</summary>
    public static SampleOptions Varied { get; } = new();

    /// <summary>How often something optional is there. Default 60.</summary>
    public int OptionalPercent { get; init; } = 60;

    /// <summary>How often something nillable is nil. Default 15.</summary>
    public int NilPercent { get; init; } = 15;

    /// <summary>Occurrences beyond the required ones. Default 3.</summary>
    public int MaxRepeat { get; init; } = 3;

    /// <summary>Levels after which only what is required is written, so that recursive types end. Default 6.</summary>
    public int MaxDepth { get; init; } = 6;

    /// <summary>Take the first branch of a choice instead of a random one.</summary>
    public bool FirstChoice { get; init; }
}
