using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Filtering;

/// <summary>
/// Applies a <see cref="FieldList"/> to a JSON message (RFC 8259, I-JSON's rule on names: RFC 7493 §2.3) in one
/// pass over its bytes. Listed values leave exactly as they came, byte for byte; nothing else leaves. Names match
/// after unescaping, exactly; arrays, also arrays of arrays, are transparent; a name that occurs twice in one
/// object refuses the message, since two readers may see different values.
/// </summary>
internal static class JsonFieldFilter
{
    /// <summary>Deepest nesting of a message.</summary>
    public const int MaxDepth = 64;

    /// <summary>
    /// Writes the message as the list lets it pass to <paramref name="output"/>; nothing is written when the result
    /// is a refusal.
    /// </summary>
    public static FilterResult Apply(FieldList list, in ReadOnlySequence<byte> json, IBufferWriter<byte> output)
    {
        if (json.IsSingleSegment)
        {
            return Apply(list, json.FirstSpan, output);
        }

        int length = checked((int)json.Length);
        byte[] joined = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            json.CopyTo(joined);
            return Apply(list, joined.AsSpan(0, length), output);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(joined, clearArray: true);
        }
    }

    /// <inheritdoc cref="Apply(FieldList, in ReadOnlySequence{byte}, IBufferWriter{byte})"/>
    public static FilterResult Apply(FieldList list, ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        if (!Utf8.IsValid(json))
        {
            return FilterResult.Refused(Malformed(RefusalPhrases.Of("valid_utf_8"), RefusalPhrases.Of("bytes_that_are_not_utf_8", json.Length)));
        }

        JsonFilterPass pass = new(list, json);
        try
        {
            PolicyRefusal? refusal = pass.Run();
            if (refusal is not null)
            {
                return FilterResult.Refused(refusal);
            }

            output.Write(pass.Output);
            return pass.ToResult();
        }
        catch (JsonException e)
        {
            // The reader has no other word for depth.
            if (e.Message.Contains("maximum configured depth", StringComparison.Ordinal))
            {
                return FilterResult.Refused(Malformed(RefusalPhrases.Of("at_most_levels", MaxDepth), RefusalPhrases.Of("more")));
            }

            // The exception's text may quote the message; only the position is told.
            return FilterResult.Refused(Malformed(RefusalPhrases.Of("one_json_value"), RefusalPhrases.Of("fault_at_line_byte", e.LineNumber + 1, e.BytePositionInLine + 1)));
        }
        finally
        {
            pass.Dispose();
        }
    }

    internal static PolicyRefusal Malformed(string expected, string found) =>
        new("json_malformed", string.Empty, expected, found, Phrases.Of("Filtering.SendJsonRfc8259", MaxDepth));
}
