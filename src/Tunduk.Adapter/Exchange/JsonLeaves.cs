using System.Buffers;
using System.Text;
using System.Text.Json;
using Tunduk.Adapter.Filtering;
using Tunduk.Archive;
using Tunduk.Evidence.Log;
using ValueType = Tunduk.Evidence.Log.ValueType;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// Every leaf of a JSON body as a value for the sealed part: <c>response/document[0]/number</c>. Each gets a salted
/// commitment of its own, so that each can be erased or withheld alone (ARCHIVE "Entry").
/// </summary>
internal static class JsonLeaves
{
    /// <summary>Adds the leaves in document order. The body has passed decoding, so that it is well formed.</summary>
    public static void Add(List<SealedValue> values, ReadOnlySpan<byte> json, int maxDepth)
    {
        if (json.IsEmpty)
        {
            return;
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
        var path = new StringBuilder(64);
        reader.Read();
        AddValue(values, ref reader, path, isSecret: false);
    }

    // What has no name of its own (the whole body, a member named "") is called ".", what has too long a one is cut.
    private static string Text(StringBuilder path)
    {
        if (path.Length == 0 || path[^1] == '/')
        {
            return path.ToString() + ".";
        }

        if (path.Length <= EntryFormat.MaxPathBytes / 4)
        {
            return path.ToString();
        }

        var text = path.ToString();
        return Encoding.UTF8.GetByteCount(text) <= EntryFormat.MaxPathBytes ? text : string.Concat(text.AsSpan(0, (EntryFormat.MaxPathBytes / 4) - 1), "…");
    }

    /// <summary>The path without positions in arrays: every item of a list has the same.</summary>
    public static string WithoutPositions(string path)
    {
        if (!path.Contains('[', StringComparison.Ordinal))
        {
            return path;
        }

        var text = new StringBuilder(path.Length);
        var inside = false;
        foreach (var c in path)
        {
            inside = c == '[' || (inside && c != ']');
            if (!inside && c != ']')
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }

    private static void AddValue(List<SealedValue> values, ref Utf8JsonReader reader, StringBuilder path, bool isSecret)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                AddObject(values, ref reader, path, isSecret);
                break;
            case JsonTokenType.StartArray:
                AddArray(values, ref reader, path, isSecret);
                break;
            case JsonTokenType.String or JsonTokenType.Number when isSecret:
                // A credential is not kept, not even sealed: that it was there is what an auditor may know.
                values.Add(SealedValue.Text(Text(path), SecretNames.Mask));
                break;
            case JsonTokenType.String:
                values.Add(new SealedValue(Text(path), ValueType.Text, Unescaped(ref reader)));
                break;
            case JsonTokenType.Number:
                values.Add(new SealedValue(Text(path), ValueType.Number, reader.ValueSpan.ToArray()));
                break;
            case JsonTokenType.Null:
                values.Add(SealedValue.Null(Text(path), ValueType.Text));
                break;
            default:
                values.Add(new SealedValue(Text(path), ValueType.Boolean, reader.ValueSpan.ToArray()));
                break;
        }
    }

    private static void AddObject(List<SealedValue> values, ref Utf8JsonReader reader, StringBuilder path, bool isSecret)
    {
        var length = path.Length;
        var empty = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            empty = false;
            if (length > 0)
            {
                path.Append('/');
            }

            // A path that begins with $ is the adapter's own (EntryDraft.Facts): a member named so stands below a dot.
            var name = reader.GetString()!;
            path.Append(length == 0 && name.StartsWith('$') ? "./" : length == 0 && name.Length == 0 ? "./." : "").Append(name);
            reader.Read();

            // What stands below the name of a secret is the secret's.
            AddValue(values, ref reader, path, isSecret || SecretNames.IsSecretPath(name));
            path.Length = length;
        }

        if (empty)
        {
            values.Add(new SealedValue(Text(path), ValueType.Structure, default));
        }
    }

    private static void AddArray(List<SealedValue> values, ref Utf8JsonReader reader, StringBuilder path, bool isSecret)
    {
        var length = path.Length;
        var index = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            path.Append('[').Append(index++).Append(']');
            AddValue(values, ref reader, path, isSecret);
            path.Length = length;
        }

        if (index == 0)
        {
            values.Add(new SealedValue(Text(path), ValueType.Structure, default));
        }
    }

    private static byte[] Unescaped(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan.ToArray();
        }

        var buffer = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            var length = reader.CopyString(buffer);
            return buffer.AsSpan(0, length).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }
}
