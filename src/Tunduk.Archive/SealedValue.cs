using System.Text;
using Tunduk.Evidence.Log;
using ValueType = Tunduk.Evidence.Log.ValueType;

namespace Tunduk.Archive;

/// <summary>One value that is stored sealed and stands in the entry only as a salted commitment.</summary>
/// <param name="Path">Field path, e.g. <c>request/pin</c>; up to 1,024 UTF-8 bytes. A removed name that neither contract nor agreement knows is given as its parent's path plus <c>(unlisted)</c>.</param>
/// <param name="Type">Type of the value.</param>
/// <param name="Value">The bytes; empty for structure, null and removed.</param>
/// <param name="Presence">In which way the value was there.</param>
public readonly record struct SealedValue(string Path, ValueType Type, ReadOnlyMemory<byte> Value, ValuePresence Presence = ValuePresence.Present)
{
    public static SealedValue Text(string path, string value) => new(path, ValueType.Text, Encoding.UTF8.GetBytes(value));

    public static SealedValue Binary(string path, ReadOnlyMemory<byte> value) => new(path, ValueType.Binary, value);

    public static SealedValue Null(string path, ValueType type) => new(path, type, default, ValuePresence.Null);

    /// <summary>Records that something was there and removed; its value is in no file afterwards.</summary>
    public static SealedValue Removed(string path) => new(path, ValueType.Text, default, ValuePresence.Removed);

    /// <summary>The value as text; empty where it is not UTF-8.</summary>
    public string AsText() => Encoding.UTF8.GetString(Value.Span);

    // A value must not reach a log line through a record's generated text.
    public override string ToString() => $"{Path} ({Type}, {Presence}, {Value.Length} bytes)";
}
