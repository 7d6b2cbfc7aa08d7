using Tunduk.Evidence.Log;
using ValueType = Tunduk.Evidence.Log.ValueType;

namespace Tunduk.Evidence.Bundles;

/// <summary>One leaf of an entry's commitment tree in a bundle: shown with everything that is hashed, or as its hash alone.</summary>
public sealed record BundledLeaf
{
    /// <summary>The leaf's hash: what the tree is built from, so that one changed value is told from all others.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>32 random bytes; null where the value is withheld, erased or padding.</summary>
    public byte[]? Salt { get; init; }

    /// <summary>Path of the value.</summary>
    public string Path { get; init; } = "";

    public ValueType Type { get; init; }

    public ValuePresence Presence { get; init; }

    /// <summary>The value's bytes; empty for a payload part.</summary>
    public byte[] Value { get; init; } = [];

    /// <summary>Payload part: how many of the following bytes of the payloads file are its content.</summary>
    public long? Payload { get; init; }

    /// <summary>True where the value is shown.</summary>
    public bool IsShown => Salt is not null;

    // Values must not reach a log line through a record's generated text.
    public override string ToString() => IsShown ? Path : "withheld";
}
