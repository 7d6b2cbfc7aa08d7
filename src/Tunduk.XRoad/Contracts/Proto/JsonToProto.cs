using System.Buffers;
using System.Text.Json;
using Tunduk.XRoad.Contracts.Schema;
using Tunduk.XRoad.Mapping;

namespace Tunduk.XRoad.Contracts.Proto;

/// <summary>Converts the JSON of the mapping to the wire form of a message, by field number, without a tree and without generated classes.</summary>
public static class JsonToProto
{
    /// <summary>Converts one document, which should be valid by its contract; a value that does not fit its field is refused.</summary>
    /// <param name="message">The message's model.</param>
    /// <param name="json">The document.</param>
    /// <param name="wire">Where the bytes go; nothing is written after a fault.</param>
    /// <param name="declared">The operation's place in the contract, for faults.</param>
    /// <param name="limits">Depth and number of faults.</param>
    public static MappingResult Write(ProtoMessage message, ReadOnlyMemory<byte> json, IBufferWriter<byte> wire, SchemaLocation declared = default, MappingLimits? limits = null)
    {
        limits ??= MappingLimits.Default;
        var trace = new MappingTrace(limits);
        using var writer = new ProtoWriter();
        try
        {
            var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = limits.MaxDepth + 1 });
            reader.Read();
            new JsonToProtoMapper(writer, trace, declared).Root(message, ref reader);
        }
        catch (JsonException e)
        {
            trace.Fault(MappingCodes.MalformedJson, declared, Phrases.Of("Proto.JsonRfc8259"), Phrases.Of("Proto.ErrorLine", e.LineNumber + 1));
        }

        catch (InvalidOperationException)
        {
            // Utf8JsonReader: text that is no UTF-8, or a lone surrogate.
            trace.Fault(MappingCodes.Character, declared, Phrases.Of("Proto.UnicodeText"), Phrases.Of("Proto.LoneSurrogateBytesNot"));
        }

        if (!trace.HasFaults)
        {
            wire.Write(writer.Written);
        }

        return trace.Result();
    }
}
