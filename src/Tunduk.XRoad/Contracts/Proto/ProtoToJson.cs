using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tunduk.XRoad.Contracts.Schema;
using Tunduk.XRoad.Mapping;

namespace Tunduk.XRoad.Contracts.Proto;

/// <summary>
/// Converts the wire form of a message (by field number) to the JSON of the mapping, without a tree and without generated classes.
/// What the contract asks of the values is checked by <see cref="JsonToXml"/>, which takes the JSON.
/// </summary>
public static class ProtoToJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Converts one message. Refused are numbers the message does not have, a single field given twice, values of another wire type, text that is not UTF-8, and bytes that are no message.</summary>
    /// <param name="message">The message's model.</param>
    /// <param name="wire">Its bytes.</param>
    /// <param name="json">Where the JSON goes; what is there after a fault is no message.</param>
    /// <param name="declared">The operation's place in the contract, for faults.</param>
    /// <param name="limits">Depth and number of faults.</param>
    public static MappingResult Write(ProtoMessage message, ReadOnlyMemory<byte> wire, IBufferWriter<byte> json, SchemaLocation declared = default, MappingLimits? limits = null)
    {
        limits ??= MappingLimits.Default;
        var trace = new MappingTrace(limits);
        using var writer = new Utf8JsonWriter(json, Options);
        try
        {
            new ProtoToJsonMapper(wire, writer, trace, limits, declared).Root(message);
        }
        catch (MappingAbortException)
        {
            // The fault is in the trace.
        }

        if (!trace.HasFaults)
        {
            writer.Flush();
        }
        else
        {
            writer.Reset();
        }

        return trace.Result();
    }
}
