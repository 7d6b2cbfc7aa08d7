using System.Text.Json;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Mapping;

/// <summary>
/// The JSON text of a conversion, whole or from a stream. <see cref="Utf8JsonReader"/> lives on the stack of the
/// mapper; this class gives it the next bytes when it runs out.
/// </summary>
internal sealed class JsonInput
{
    private readonly Stream? stream;
    private readonly MappingLimits limits;
    private readonly MappingTrace trace;
    private byte[] buffer;
    private int length;
    private bool final;
    private int offset;

    public JsonInput(Stream? stream, MappingLimits limits, MappingTrace trace)
    {
        this.stream = stream;
        this.limits = limits;
        this.trace = trace;
        buffer = stream is null ? [] : new byte[64 * 1024];
        final = stream is null;
    }

    /// <summary>All of the text is in memory, so a reader may be copied to look ahead.</summary>
    public bool IsWhole => stream is null;

    public JsonReaderOptions Options => new() { MaxDepth = limits.MaxDepth + 1, CommentHandling = JsonCommentHandling.Disallow };

    public Utf8JsonReader Open(ReadOnlySpan<byte> whole) => new(whole, isFinalBlock: true, new JsonReaderState(Options));

    public Utf8JsonReader OpenStream()
    {
        Fill();
        offset = buffer.AsSpan(0, length).StartsWith("\uFEFF"u8) ? 3 : 0;
        return new Utf8JsonReader(buffer.AsSpan(offset, length - offset), final, new JsonReaderState(Options));
    }

    /// <summary>Moves to the next token; false at the end of the text.</summary>
    public bool Read(ref Utf8JsonReader reader)
    {
        while (!reader.Read())
        {
            if (final)
            {
                return false;
            }

            // What the reader has not consumed is at the end of the buffer.
            var state = reader.CurrentState;
            var rest = length - (int)reader.BytesConsumed - offset;
            buffer.AsSpan(length - rest, rest).CopyTo(buffer);
            length = rest;
            if (rest == buffer.Length)
            {
                if (buffer.Length >= limits.MaxValueBytes)
                {
                    trace.Fault(MappingCodes.TooLarge, default, Phrases.Of("Mapping.ValuesMostBytes", limits.MaxValueBytes), Phrases.Of("Mapping.Larger"));
                    throw new MappingAbortException();
                }

                Array.Resize(ref buffer, buffer.Length * 2);
            }

            offset = 0;
            Fill();
            reader = new Utf8JsonReader(buffer.AsSpan(0, length), final, state);
        }

        return true;
    }

    /// <summary>Leaves the value the reader stands on (or before, at a property name) and stands on its last token.</summary>
    public void Skip(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.PropertyName)
        {
            Read(ref reader);
        }

        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return;
        }

        var depth = reader.CurrentDepth;
        while (Read(ref reader) && !(reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray && reader.CurrentDepth == depth))
        {
            // Nothing to do with the tokens in between.
        }
    }

    private void Fill()
    {
        while (length < buffer.Length)
        {
            var read = stream!.Read(buffer, length, buffer.Length - length);
            if (read == 0)
            {
                final = true;
                return;
            }

            length += read;
        }
    }
}
