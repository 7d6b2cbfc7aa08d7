using System.Buffers;
using System.Security.Cryptography;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>
/// An envelope of an existing X-Road client on the drop-in face. It leaves with the client's own headers and body element,
/// written anew around them: what stands elsewhere in an envelope (comments, foreign header blocks, attributes) could carry
/// data past every list.
/// </summary>
internal sealed class SoapConsumerForm : SoapWireForm
{
    private readonly Caller caller;
    private readonly ReceivedEnvelope received;
    private readonly string? soapAction;
    private ReadOnlyMemory<byte> answerXml;

    public SoapConsumerForm(Caller caller, ReceivedEnvelope received, MultipartMessage? attachments, string? soapAction, AttachmentSpool spool)
    {
        this.caller = caller;
        this.received = received;
        Attachments = attachments;
        this.soapAction = soapAction;
        Spool = spool;
        Owner = caller.Name;
    }

    public override bool IsMetaservice => MetaserviceShape.IsSoap(Headers.Service!.Value);

    private SoapHeaders Headers => received.Message!.Headers!;

    public override Outcome<ConsumedService> Bind(ServiceCatalogue services) => services.FindNamed(caller, Headers.Client, Headers.Service!.Value);

    // A request hash is a security server's word about a request, never part of one.
    public override Outcome<SoapHeaders> ReadHeaders(ConsumedService service) => RequestHeaders.CheckSoap(Headers with { RequestHash = null });

    public override ExchangeError? Validate(ConsumedService service, BodyMapping mapping)
    {
        var body = IsMetaservice ? MetaserviceShape.Soap(Headers.Service!.Value, received.Message!.BodyChild, Attachments) : XmlBody.Of(received.Message!.BodyChild);
        if (!body.TryGet(out var xml, out var error))
        {
            return error;
        }

        BodyXml = xml;
        return XmlBody.Validate(xml, service.Service, service.Operation, MessageSide.Request, mapping, terms: null);
    }

    public override Outcome<FilteredBody> FilterRequest(ExchangeRun run, ConsumedService service, BodyMapping mapping)
    {
        var removed = new List<RemovedField>();
        if (!XmlBody.Filter(run, FieldList.Request, BodyXml, mapping.MaxDepth).TryGet(out var asked, out var error)
            || !MultipartFilter.Apply(run, FieldList.Request, Attachments, asked).TryGet(out var body, out error)
            || !HeaderBlocks(run, removed).TryGet(out var blocks, out error))
        {
            return error;
        }

        if (service.Operation is null && XmlBody.CheckName(asked.Xml, service.Service, MessageSide.Request, run.Terms) is { } misnamed)
        {
            return misnamed;
        }

        if (asked.Body.Removed.Count > 0 && XmlBody.Validate(asked.Xml, service.Service, service.Operation, MessageSide.Request, mapping, run.Terms) is { } broken)
        {
            return FieldPolicy.BrokenByRemoval(broken);
        }

        BodyXml = asked.Xml;
        OtherHeaders = blocks;
        SoapAction = SoapActionHeader.Of(run, soapAction, service.Operation);
        return removed.Count == 0 ? body : body with { Removed = [.. body.Removed, .. removed] };
    }

    public override Outcome<FilteredBody> FilterAnswer(ExchangeRun run, ConsumedService service, BodyMapping mapping)
    {
        var message = Answer.Message!;
        if (!XmlBody.Of(message.BodyChild).TryGet(out var xml, out var error))
        {
            return error;
        }

        if (service.Operation is null && !IsMetaservice && XmlBody.CheckNamespace(message.BodyChild, BodyXml, run.Terms) is { } foreign)
        {
            return foreign;
        }

        if (service.Operation is null && XmlBody.CheckName(xml, service.Service, MessageSide.Response, run.Terms) is { } misnamed)
        {
            return misnamed;
        }

        if (!XmlBody.Normalize(xml, service.Operation, MessageSide.Response, mapping, run.Agreement).TryGet(out var normal, out error)
            || !XmlBody.Filter(run, FieldList.Response, normal, mapping.MaxDepth).TryGet(out var answered, out error)
            || !MultipartFilter.Apply(run, FieldList.Response, AnswerAttachments, answered).TryGet(out var body, out error))
        {
            return error;
        }

        answerXml = answered.Xml;
        return body;
    }

    public override ExchangeAnswer Encode(ExchangeRun run, FilteredBody answered)
    {
        // To its client the adapter is the security server: headers and hash are those of what the client sent, not of what left.
        var hash = RequestHash.FromDigest(SHA512.HashData(received.Raw.Span));
        var buffer = new ArrayBufferWriter<byte>(answerXml.Length + 2048);
        SoapWriter.Write(buffer, Headers with { RequestHash = null }, default, answerXml.Span, requestHash: hash);
        var attachments = TakeAnswerAttachments();
        return new ExchangeAnswer
        {
            Body = buffer.WrittenMemory,
            ContentType = attachments?.TypeWith(buffer.WrittenMemory) ?? SoapHttpRules.PlainContentType,
            Multipart = attachments,
            Record = run.Request,
            MessageId = run.Headers!.Id,
        };
    }

    protected override void Dispose(bool disposing)
    {
        received.Dispose();
        base.Dispose(disposing);
    }

    private static bool IsOfTheProtocol(string space) =>
        space.StartsWith("http://x-road.eu/", StringComparison.OrdinalIgnoreCase)
        || space.StartsWith("http://schemas.xmlsoap.org/", StringComparison.Ordinal)
        || space.StartsWith("http://docs.oasis-open.org/wss/", StringComparison.Ordinal)
        || space.StartsWith("http://www.w3.org/2000/09/xmldsig", StringComparison.Ordinal)
        || space.Contains("tunduk", StringComparison.OrdinalIgnoreCase);

    // Header blocks of others hold credentials more often than anything else: only those the agreement names go on.
    private Outcome<ReadOnlyMemory<byte>> HeaderBlocks(ExchangeRun run, List<RemovedField> removed)
    {
        // By its local name in a namespace of its own: those of X-Road, of SOAP and of signatures are written by those alone.
        var foreign = received.Message!.OtherHeaders.Where(block => !IsOfTheProtocol(block.NamespaceUri)).ToList();
        var buffer = new ArrayBufferWriter<byte>(256);
        foreach (var block in foreign.Where(block => run.Terms?.RequestHeaders.Contains(block.LocalName.ToLowerInvariant()) == true))
        {
            if (!XmlBody.Of(block).TryGet(out var xml, out var error))
            {
                return error;
            }

            buffer.Write(XmlNeutral.Apply(xml, out _).Span);
        }

        HeaderDifference.Note(run, FieldList.Request, foreign.Select(block => block.LocalName));
        if (run.Terms is { } terms && foreign.Count(block => !terms.RequestHeaders.Contains(block.LocalName.ToLowerInvariant())) is > 0 and var dropped)
        {
            removed.Add(new RemovedField(RestPolicy.UnlistedHeaders, dropped, Blanked: false));
            run.Account?.Filtered(run, FieldList.Request, 0, removed);
        }

        return buffer.WrittenMemory;
    }
}
