using System.Buffers;
using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Filtering;
using Tunduk.Adapter.InformationSystems;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Adapter.Signing;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>
/// An information system that knows SOAP and nothing of X-Road: it gets the body element in an envelope without headers, and
/// its answer gets the headers of the request back.
/// </summary>
internal sealed class SoapUpstreamBody(ProvidedService service, ReceivedSoap received, AttachmentSpool spool, string owner) : UpstreamBody
{
    private ReadOnlyMemory<byte> asked;
    private string soapAction = SoapActionHeader.None;
    private SecurityServerReply? reply;
    private MultipartMessage? attachments;

    public override MultipartMessage? AnswerAttachments => attachments;

    public override ExchangeError? Validate(ExchangeRun run, VerifiedMessage verified, BodyMapping mapping)
    {
        if (!XmlBody.Of(verified.Message!.BodyChild).TryGet(out var xml, out var error)
            || !XmlBody.Normalize(xml, service.Operation, MessageSide.Request, mapping, run.Agreement).TryGet(out asked, out error))
        {
            return error;
        }

        return service.Operation is null ? XmlBody.CheckName(asked, service.Service, MessageSide.Request, run.Terms) : null;
    }

    public override Outcome<FilteredBody> FilterRequest(ExchangeRun run, BodyMapping mapping)
    {
        if (!XmlBody.Filter(run, FieldList.Request, asked, mapping.MaxDepth).TryGet(out var filtered, out var error)
            || !MultipartFilter.Apply(run, FieldList.Request, received.Multipart, filtered).TryGet(out var body, out error))
        {
            return error;
        }

        asked = filtered.Xml;
        soapAction = SoapActionHeader.Of(run, received.SoapAction, service.Operation);
        return body;
    }

    public override async Task<ExchangeError?> ForwardAsync(InformationSystemClient informationSystem, SoapHeaders headers, RecordId record)
    {
        var envelope = new ArrayBufferWriter<byte>(asked.Length + 256);
        PlainEnvelope.Write(envelope, asked.Span);
        using var progress = spool.StartProgress(service.Timeout, CancellationToken.None);
        var multipart = received.Multipart;
        var request = new UpstreamRequest
        {
            Address = service.Upstream,
            Service = service.Name,
            Headers = [new("SOAPAction", soapAction), .. ForwardedHeaders.Of(headers, record)],
            Content = () => multipart is null
                ? SecurityServerRequest.Bytes(envelope.WrittenMemory, "text/xml; charset=utf-8")
                : new MultipartBody(multipart, envelope.WrittenMemory, progress),
            Timeout = multipart is null ? service.Timeout : Timeout.InfiniteTimeSpan,
            Accepts = static status => SoapHttpRules.CheckProviderStatus(status).IsNone,
            Accepted = RefusalPhrases.Of("http_200_or_500"),
            Share = received.AnswerShare,
            Spooled = SpooledReply.OfSoap(spool, owner, received.AnswerShare, progress),
        };
        if (!(await informationSystem.SendAsync(request, multipart is null ? CancellationToken.None : progress.Token)).TryGet(out var answer, out var error))
        {
            return error;
        }

        reply = answer;
        attachments = answer.Multipart;
        return null;
    }

    public override Outcome<FilteredBody> FilterAnswer(ExchangeRun run, BodyMapping mapping)
    {
        if (!PlainEnvelope.TryRead(reply!, out var message, out var unreadable))
        {
            return Broken(unreadable);
        }

        using (message)
        {
            if (message.Fault is { } fault)
            {
                Fault = PeerFault.Of(fault, run.Terms);
                DropAttachments();
                return new FilteredBody(default, []);
            }

            return FilterAnswer(message, run, mapping);
        }
    }

    public override MultipartMessage? TakeAnswerAttachments()
    {
        var taken = attachments;
        attachments = null;
        return taken;
    }

    protected override void Dispose(bool disposing)
    {
        DropAttachments();
        base.Dispose(disposing);
    }

    private Outcome<FilteredBody> FilterAnswer(SoapMessage message, ExchangeRun run, BodyMapping mapping)
    {
        if (!XmlBody.Of(message.BodyChild).TryGet(out var xml, out var error))
        {
            return FieldPolicy.AfterExecution(error);
        }

        // A response is the request's element with Response (PR-MESS 2.4); a security server looks for it.
        if (message.Kind != SoapBodyKind.Response)
        {
            return Broken(new ExchangeError(ExchangeStage.Forward, ExchangeCodes.InformationSystemBroken) { Path = "Body", Expected = RefusalPhrases.Of("element_whose_name_ends_with_response"), Found = RefusalPhrases.Of("another_name") });
        }

        if (service.Operation is null && XmlBody.CheckNamespace(message.BodyChild, asked, run.Terms) is { } foreign)
        {
            return FieldPolicy.AfterExecution(foreign);
        }

        if (XmlBody.Validate(xml, service.Service, service.Operation, MessageSide.Response, mapping, run.Terms) is { } violated)
        {
            return FieldPolicy.AfterExecution(violated);
        }

        if (!XmlBody.Filter(run, FieldList.Response, xml, mapping.MaxDepth).TryGet(out var filtered, out error)
            || !MultipartFilter.Apply(run, FieldList.Response, attachments, filtered).TryGet(out var body, out error))
        {
            return FieldPolicy.AfterExecution(error);
        }

        if (filtered.Body.Removed.Count > 0 && XmlBody.Validate(filtered.Xml, service.Service, service.Operation, MessageSide.Response, mapping, run.Terms) is { } broken)
        {
            return FieldPolicy.BrokenByRemoval(broken);
        }

        AnswerXml = filtered.Xml;
        return body;
    }

    private static ExchangeError Broken(ExchangeError error) => error with { Stage = ExchangeStage.Forward, Code = ExchangeCodes.InformationSystemBroken, Remedy = null };

    private void DropAttachments()
    {
        attachments?.Dispose();
        attachments = null;
    }
}
