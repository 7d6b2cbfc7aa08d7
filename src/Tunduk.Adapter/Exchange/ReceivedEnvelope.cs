using Tunduk.Adapter.Signing;
using Tunduk.Evidence.Soap;
using Tunduk.Xml;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange;

/// <summary>An envelope that was received and read, or why it could not be.</summary>
internal sealed class ReceivedEnvelope : IDisposable
{
    private ReceivedEnvelope(ReadOnlyMemory<byte> raw, SoapMessage? message, ExchangeError? error)
    {
        Raw = raw;
        Message = message;
        Error = error;
    }

    /// <summary>The bytes as received.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    public SoapMessage? Message { get; }

    public ExchangeError? Error { get; }

    /// <summary>Reads a request: all X-Road headers, one body element named like the service.</summary>
    public static ReceivedEnvelope Decode(ReadOnlyMemory<byte> raw, string? charset)
    {
        var envelope = Read(raw, charset);
        if (envelope.Error is not null)
        {
            return envelope;
        }

        var message = envelope.Message!;

        // A service may itself be called …Response; a request to it is no response.
        var isRequest = message.Kind == SoapBodyKind.Request || (message.Kind == SoapBodyKind.Response && message.BodyChild.LocalName == message.Headers?.Service?.Code);
        if (!isRequest || message.Headers?.Service is null)
        {
            if (Wrapped(message.Tape) is { } wrapped)
            {
                message.Dispose();
                return new ReceivedEnvelope(raw, null, wrapped);
            }

            var found = message.Kind switch { SoapBodyKind.Fault => RefusalPhrases.Of("fault"), SoapBodyKind.Response => RefusalPhrases.Of("response"), _ => RefusalPhrases.Of("no_service") };
            message.Dispose();
            return Fail(raw, ExchangeCodes.SoapMalformed, new ProtocolFault("body", XRoadFaultCode.InvalidBody, "Body", Phrases.Of("Exchange.Request"), found));
        }

        var fault = message.CheckBodyName();
        if (!fault.IsNone)
        {
            var wrapped = Wrapped(message.Tape);
            message.Dispose();
            return wrapped is null ? Fail(raw, ExchangeCodes.SoapMalformed, fault) : new ReceivedEnvelope(raw, null, wrapped);
        }

        return envelope;
    }

    /// <summary>Reads any envelope.</summary>
    public static ReceivedEnvelope Read(ReadOnlyMemory<byte> raw, string? charset) =>
        SoapMessage.TryRead(raw, new SoapReaderOptions { Charset = charset }, out var message, out var fault)
            ? new ReceivedEnvelope(raw, message, null)
            : Wrapped(raw, charset, fault) is { } wrapped ? new ReceivedEnvelope(raw, null, wrapped)
            : Fail(raw, CodeOf(fault), fault);

    public void Dispose() => Message?.Dispose();

    // A signed message whose parts were moved is an attack on its signature, not a slip of form: the refusal says which.
    private static ExchangeError? Wrapped(ReadOnlyMemory<byte> raw, string? charset, ProtocolFault fault)
    {
        if (fault.Path.StartsWith("line ", StringComparison.Ordinal) || !SoapMessage.TryParse(raw, new SoapReaderOptions { Charset = charset }, out var tape, out _))
        {
            return null;
        }

        using (tape)
        {
            return Wrapped(tape);
        }
    }

    private static ExchangeError? Wrapped(XmlTape tape) =>
        SoapVerifier.FindWrapping(tape) is { } found ? SignatureErrors.From(found, SoapDirection.Request) : null;

    private static ReceivedEnvelope Fail(ReadOnlyMemory<byte> raw, string code, ProtocolFault fault) =>
        new(raw, null, new ExchangeError(ExchangeStage.Decode, code) { Path = fault.Path, Expected = fault.Expected, Found = fault.Found, Remedy = IsOfCharset(fault.Reason) ? RefusalTexts.Remedy(code, "charset") : null });

    // Well-formed or not, the bytes are not text in the charset they are said to be in.
    private static bool IsOfCharset(string reason) => reason is "charset-unknown" or "charset-bytes" or "charset-contradicted" or "xml-not-utf8";

    private static string CodeOf(ProtocolFault fault) => fault.XRoadCode switch
    {
        XRoadFaultCode.InvalidContentType => ExchangeCodes.ContentTypeUnsupported,
        XRoadFaultCode.DuplicateHeaderField => ExchangeCodes.HeaderDuplicate,
        XRoadFaultCode.MissingHeaderField or XRoadFaultCode.MissingHeader => ExchangeCodes.HeaderMissing,
        XRoadFaultCode.InvalidSoap when IsForbidden(fault.Reason) => ExchangeCodes.XmlForbidden,
        XRoadFaultCode.InvalidSoap when fault.Path.StartsWith("line ", StringComparison.Ordinal) || IsOfCharset(fault.Reason) => ExchangeCodes.XmlMalformed,
        _ => ExchangeCodes.SoapMalformed,
    };

    // Constructs the reader refuses by rule or by bound, well formed or not.
    private static bool IsForbidden(string reason) =>
        reason.Contains("doctype", StringComparison.Ordinal) || reason.Contains("too-", StringComparison.Ordinal) || reason.Contains("entity", StringComparison.Ordinal);
}
