using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Xml;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Mapping;

namespace Tunduk.Adapter.Exchange;

/// <summary>Bodies between JSON and XML by the contract; a fault of the mapping as a refusal.</summary>
internal sealed class BodyMapping(LimitOptions limits)
{
    /// <summary>Deepest nesting of a body.</summary>
    public int MaxDepth => limits.MaxDepth;

    /// <summary>The refusal of a body that is too large; null for one that is not.</summary>
    public ExchangeError? TooLarge(int length) => length <= limits.MaxBody ? null : new ExchangeError(ExchangeStage.Decode, ExchangeCodes.MessageTooLarge)
    {
        Path = "body",
        Expected = RefusalPhrases.Of("at_most_bytes_limits_maxbody", limits.MaxBody),
        Found = RefusalPhrases.Of("bytes", length),
    };

    private const int MostDetails = 20;
    private static readonly XmlReaderSettings Hardened = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersFromEntities = 0,
    };

    private readonly MappingLimits mapping = new() { MaxDepth = limits.MaxDepth, MaxValueBytes = limits.MaxBody };

    /// <summary>JSON of ours or of our information system to the one element of Body.</summary>
    public Outcome<ReadOnlyMemory<byte>> ToXml(Operation operation, MessageSide side, ReadOnlyMemory<byte> json)
    {
        var output = new ArrayBufferWriter<byte>(json.Length + 512);
        var result = JsonToXml.Write(operation.Shape(side), json, output, mapping);
        return result.IsOk ? output.WrittenMemory : Refuse(result.Faults);
    }

    /// <summary>A verified canonical Body to JSON.</summary>
    /// <param name="operation">The contract.</param>
    /// <param name="side">Request or response.</param>
    /// <param name="canonicalBody">The Body.</param>
    /// <param name="agreement">Says how namespaces count; null: as forgivingly as the contract leaves one reading.</param>
    public Outcome<ReadOnlyMemory<byte>> ToJson(Operation operation, MessageSide side, ReadOnlyMemory<byte> canonicalBody, Agreement? agreement)
    {
        using var stream = Open(canonicalBody);
        using var reader = XmlReader.Create(stream, Hardened);

        // The canonical Body is well formed and has exactly one child: the envelope's reader has seen to it.
        reader.MoveToContent();
        reader.Read();
        return Read(operation, side, reader, canonicalBody.Length, Of(agreement, acceptParts: false), out _);
    }

    /// <summary>The one element of Body by itself to JSON; a reference to a part is an empty value where the contract has base64.</summary>
    /// <param name="operation">The contract.</param>
    /// <param name="side">Request or response.</param>
    /// <param name="element">The element.</param>
    /// <param name="agreement">Says how namespaces count; null: as forgivingly as the contract leaves one reading.</param>
    /// <param name="isWrongForm">An element was recognised in spite of its namespace.</param>
    public Outcome<ReadOnlyMemory<byte>> ElementToJson(Operation operation, MessageSide side, ReadOnlyMemory<byte> element, Agreement? agreement, out bool isWrongForm)
    {
        using var stream = Open(element);
        using var reader = XmlReader.Create(stream, Hardened);
        return Read(operation, side, reader, element.Length, Of(agreement, acceptParts: true), out isWrongForm);
    }

    /// <summary>
    /// The information system's answer, with the request put in where the contract echoes it and the information system
    /// did not: what is echoed is what it was asked, after filtering.
    /// </summary>
    public Outcome<ReadOnlyMemory<byte>> CompleteAnswer(ProvidedService service, ReadOnlyMemory<byte> answer, ReadOnlyMemory<byte> asked)
    {
        if (!service.EchoesRequest)
        {
            return answer;
        }

        try
        {
            if (Member(answer.Span, "request"u8).Length > 0)
            {
                return answer;
            }

            var request = Member(asked.Span, "request"u8);
            if (request.Length == 0)
            {
                return answer;
            }

            var open = answer.Span.IndexOf((byte)'{') + 1;
            var output = new ArrayBufferWriter<byte>(answer.Length + request.Length + 16);
            output.Write("{\"request\":"u8);
            output.Write(asked.Span.Slice(request.Start, request.Length));
            var rest = answer.Span[open..];
            output.Write(rest.TrimStart(" \t\r\n"u8).StartsWith("}"u8) ? default : ","u8);
            output.Write(rest);
            return output.WrittenMemory;
        }
        catch (JsonException exception)
        {
            return new ExchangeError(ExchangeStage.Validate, ExchangeCodes.JsonMalformed) { Path = exception.Path, Expected = "JSON", Found = RefusalPhrases.Of("error_at_line", exception.LineNumber + 1) };
        }
    }

    private static MemoryStream Open(ReadOnlyMemory<byte> xml) => MemoryMarshal.TryGetArray(xml, out var segment)
        ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
        : new MemoryStream(xml.ToArray(), writable: false);

    private MappingLimits Of(Agreement? agreement, bool acceptParts) => mapping with { AcceptWrongForm = agreement is not { Namespaces: AgreementNamespaces.Strict }, AcceptParts = acceptParts };

    private static Outcome<ReadOnlyMemory<byte>> Read(Operation operation, MessageSide side, XmlReader reader, int length, MappingLimits limits, out bool isWrongForm)
    {
        reader.MoveToContent();
        var output = new ArrayBufferWriter<byte>(length + 64);
        var result = XmlToJson.Write(operation.Shape(side), reader, output, limits);
        isWrongForm = result.WrongForm;
        return result.IsOk ? output.WrittenMemory : Refuse(result.Faults);
    }

    // The bytes of a member's value at the top level; empty when there is none.
    private static MemberRange Member(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return default;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var wanted = reader.ValueTextEquals(name);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (wanted)
            {
                return new MemberRange(start, (int)reader.BytesConsumed - start);
            }
        }

        return default;
    }

    /// <summary>The operation's element, as a caller sent it, to JSON.</summary>
    public Outcome<ReadOnlyMemory<byte>> FromElement(Operation operation, MessageSide side, ReadOnlyMemory<byte> element)
    {
        var output = new ArrayBufferWriter<byte>(element.Length + 64);
        var result = XmlToJson.Write(operation.Shape(side), element, output, mapping);
        return result.IsOk ? output.WrittenMemory : Refuse(result.Faults);
    }

    /// <summary>The information system's answer as XML to JSON; an echoed request that it lacks is put in, as into JSON.</summary>
    public Outcome<ReadOnlyMemory<byte>> AnswerFromElement(ProvidedService service, ReadOnlyMemory<byte> element, ReadOnlyMemory<byte> asked)
    {
        var plain = FromElement(service.Operation!, MessageSide.Response, element);
        if (plain.Error is null || !service.EchoesRequest || !ToXml(service.Operation!, MessageSide.Request, asked).TryGet(out var request, out _))
        {
            return plain;
        }

        return EchoedRequest.Into(element, request)
            .Select(complete => FromElement(service.Operation!, MessageSide.Response, complete))
            .FirstOrDefault(complete => complete.Error is null, plain);
    }

    /// <summary>Faults of the mapping as one refusal.</summary>
    public static ExchangeError Refuse(IReadOnlyList<MappingFault> faults)
    {
        var first = faults[0];
        return new ExchangeError(ExchangeStage.Validate, CodeOf(first.Code))
        {
            Rule = first.Declared.Line > 0 && CodeOf(first.Code) == ExchangeCodes.ContractViolated ? first.Declared.ToString() : null,
            Path = first.Path,
            Expected = first.Expected,
            Found = first.Found,
            Details = faults.Count == 1 ? [] : [.. faults.Take(MostDetails).Select(fault => fault.ToString())],
            HasSendersName = faults.Any(IsNamedBySender), // of what stands among the details too
        };
    }

    // What the contract does not know is called as its sender calls it.
    private static bool IsNamedBySender(MappingFault fault) => fault.Code is MappingCodes.Unknown or MappingCodes.Duplicate or MappingCodes.Root or MappingCodes.Character;

    private static string CodeOf(string code) => code switch
    {
        MappingCodes.MalformedJson => ExchangeCodes.JsonMalformed,
        MappingCodes.MalformedProtobuf => ExchangeCodes.ProtobufMalformed,
        MappingCodes.MalformedXml => ExchangeCodes.XmlMalformed,
        MappingCodes.Duplicate => ExchangeCodes.JsonDuplicateName,
        MappingCodes.TooLarge => ExchangeCodes.MessageTooLarge,
        _ => ExchangeCodes.ContractViolated,
    };

    private readonly record struct MemberRange(int Start, int Length);
}
