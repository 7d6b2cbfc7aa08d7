using Tunduk.Evidence.Log;
using ValueType = Tunduk.Evidence.Log.ValueType;

namespace Tunduk.Archive;

/// <summary>One leaf of an entry's commitment tree with everything that is hashed, as far as it was not erased.</summary>
/// <param name="Hash">The leaf's hash.</param>
/// <param name="Salt">32 bytes; empty where the value was erased or the leaf is padding: then only the hash is left.</param>
/// <param name="Path">Path of the value.</param>
/// <param name="Type">Its type; a payload part's value is all its bytes.</param>
/// <param name="Presence">In which way it was there.</param>
/// <param name="Value">The bytes.</param>
/// <param name="IsErased">True where there was a value that was erased.</param>
public sealed record DisclosedLeaf(LogHash Hash, ReadOnlyMemory<byte> Salt, string Path, ValueType Type, ValuePresence Presence, ReadOnlyMemory<byte> Value, bool IsErased)
{
    // Values must not reach a log line through a record's generated text.
    public override string ToString() => Path;
}
