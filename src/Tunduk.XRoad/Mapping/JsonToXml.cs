using System.Buffers;
using System.Text.Json;
using Tunduk.XRoad.Contracts;

namespace Tunduk.XRoad.Mapping;

/// <summary>
/// Converts JSON to the child element of a SOAP Body by its contract, in one pass and without a tree
/// (proto/MAPPING.md). Members may come in any order; the element's children come in the contract's.
/// </summary>
public static class JsonToXml
{
    /// <summary>Converts one JSON value.</summary>
    public static MappingResult Write(MessageShape shape, ReadOnlyMemory<byte> json, IBufferWriter<byte> xml, MappingLimits? limits = null)
    {
        limits ??= MappingLimits.Default;
        return Run(shape, json, null, new XmlOutput(null, xml, limits.ReorderWindow), limits);
    }

    /// <summary>Converts one JSON value that may lie in several pieces.</summary>
    public static MappingResult Write(MessageShape shape, ReadOnlySequence<byte> json, IBufferWriter<byte> xml, MappingLimits? limits = null) =>
        Write(shape, json.IsSingleSegment ? json.First : json.ToArray(), xml, limits);

    /// <summary>Converts a message of any size with flat memory; see <see cref="MappingLimits.ReorderWindow"/> for late members.</summary>
    public static MappingResult Write(MessageShape shape, Stream json, Stream xml, MappingLimits? limits = null)
    {
        limits ??= MappingLimits.Default;
        return Run(shape, default, json, new XmlOutput(xml, null, limits.ReorderWindow), limits);
    }

    private static MappingResult Run(MessageShape shape, ReadOnlyMemory<byte> whole, Stream? stream, XmlOutput output, MappingLimits limits)
    {
        var trace = new MappingTrace(limits);
        var input = new JsonInput(stream, limits, trace);
        try
        {
            if (stream is null && whole.Span.StartsWith("\uFEFF"u8))
            {
                whole = whole[3..];
            }

            var reader = stream is null ? input.Open(whole.Span) : input.OpenStream();
            new JsonToXmlMapper(input, output, limits, trace, shape.Tags).Root(shape, ref reader);
            if (!trace.HasFaults)
            {
                output.Complete();
            }
        }
        catch (JsonException e)
        {
            var deep = JsonCheck.IsTooDeep(e);
            trace.Fault(
                deep ? MappingCodes.TooDeep : MappingCodes.MalformedJson,
                shape.Element.Location,
                deep ? Phrases.Of("Mapping.MostLevels", limits.MaxDepth) : Phrases.Of("Mapping.JsonRfc8259"),
                deep ? Phrases.Of("Mapping.More") : Phrases.Of("Mapping.ErrorLineByte", e.LineNumber + 1, e.BytePositionInLine + 1));
        }
        catch (MappingAbortException)
        {
            // The fault is in the trace.
        }

        return trace.Result();
    }
}
