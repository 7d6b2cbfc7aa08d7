using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml;
using Tunduk.XRoad.Contracts;

namespace Tunduk.XRoad.Mapping;

/// <summary>Converts the child element of a SOAP Body to JSON by its contract, in one pass and without a tree (proto/MAPPING.md).</summary>
public static class XmlToJson
{
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>Converts the bytes of the element (UTF-8, or with an XML declaration).</summary>
    public static MappingResult Write(MessageShape shape, ReadOnlyMemory<byte> xml, IBufferWriter<byte> json, MappingLimits? limits = null)
    {
        var stream = MemoryMarshal.TryGetArray(xml, out var segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(xml.ToArray(), writable: false);
        using var reader = OpenReader(shape, stream);
        return Write(shape, reader, json, limits);
    }

    /// <summary>Converts a message of any size with flat memory.</summary>
    public static MappingResult Write(MessageShape shape, Stream xml, Stream json, MappingLimits? limits = null)
    {
        using var reader = OpenReader(shape, xml);
        using var writer = new Utf8JsonWriter(json, WriterOptions);
        return Run(shape, reader, writer, limits ?? MappingLimits.Default);
    }

    /// <summary>
    /// Converts what a reader stands on or before. The reader must be hardened (no DTD, no resolver) and keep white
    /// space; it is left after the element.
    /// </summary>
    public static MappingResult Write(MessageShape shape, XmlReader xml, IBufferWriter<byte> json, MappingLimits? limits = null)
    {
        using var writer = new Utf8JsonWriter(json, WriterOptions);
        return Run(shape, xml, writer, limits ?? MappingLimits.Default);
    }

    private static XmlReader OpenReader(MessageShape shape, Stream stream) => XmlReader.Create(stream, new XmlReaderSettings
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        NameTable = shape.Tags.Names.NewTable(),
        MaxCharactersFromEntities = 0,
    });

    private static MappingResult Run(MessageShape shape, XmlReader reader, Utf8JsonWriter writer, MappingLimits limits)
    {
        var trace = new MappingTrace(limits);
        try
        {
            using var mapper = new XmlToJsonMapper(reader, writer, limits, trace);
            mapper.Root(shape);
            writer.Flush();
        }
        catch (XmlException e)
        {
            trace.Fault(MappingCodes.MalformedXml, shape.Element.Location, Phrases.Of("Mapping.WellFormedXml"), Phrases.Of("Mapping.ErrorLineColumn", e.LineNumber, e.LinePosition));
        }
        catch (MappingAbortException)
        {
            // The fault is in the trace.
        }

        return trace.Result();
    }
}
