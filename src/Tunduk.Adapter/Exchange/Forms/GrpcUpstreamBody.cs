using Google.Protobuf;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.InformationSystems;
using Tunduk.Adapter.Rpc;
using Tunduk.Adapter.V1;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>An information system that implements <c>tunduk.adapter.v1.Provider</c>: the same JSON, in one of three forms.</summary>
internal sealed class GrpcUpstreamBody(ProvidedService service, BodyMapping mapping, BodyBudget.Share? share) : JsonUpstreamBody(service, share)
{
    private SoapFault? told;

    // A fault of its own is an answer: it is judged by the agreement, signed and archived as one.
    public override Outcome<FilteredBody> FilterAnswer(ExchangeRun run, BodyMapping mapping)
    {
        if (told is not { } fault)
        {
            return base.FilterAnswer(run, mapping);
        }

        Fault = PeerFault.Of(fault, run.Terms);
        return new FilteredBody(default, []);
    }

    protected override async Task<Outcome<ReadOnlyMemory<byte>>> AskAsync(InformationSystemClient informationSystem, ReadOnlyMemory<byte> json, SoapHeaders headers, RecordId record)
    {
        var request = new AnswerRequest
        {
            ServiceId = headers.Service!.Value.ToString(),
            ClientId = headers.Client.ToString(),
            MessageId = headers.Id,
            UserId = headers.UserId ?? "",
            Issue = headers.Issue ?? "",
            RepresentedParty = headers.RepresentedParty?.ToString() ?? "",
            RecordId = record.ToString(),
        };
        if (Put(request, json) is { } unmade)
        {
            return unmade;
        }

        if (!(await informationSystem.AnswerAsync(Service.Name, Service.Upstream, request, Service.Timeout, Share, CancellationToken.None)).TryGet(out var reply, out var error))
        {
            return error;
        }

        told = reply.Fault;
        return reply.Response is { } response ? Take(response, json) : ReadOnlyMemory<byte>.Empty;
    }

    private ExchangeError? Put(AnswerRequest request, ReadOnlyMemory<byte> json)
    {
        switch (Service.Body)
        {
            case UpstreamBodyForm.Struct:
                request.Struct = StructJson.FromJson(json);
                return null;
            case UpstreamBodyForm.Xml:
                if (!mapping.ToXml(Service.Operation!, MessageSide.Request, json).TryGet(out var xml, out var error))
                {
                    return FieldPolicy.BrokenByRemoval(error);
                }

                request.Xml = UnsafeByteOperations.UnsafeWrap(xml);
                return null;
            default:
                request.Json = UnsafeByteOperations.UnsafeWrap(json);
                return null;
        }
    }

    private Outcome<ReadOnlyMemory<byte>> Take(AnswerResponse response, ReadOnlyMemory<byte> asked)
    {
        var taken = response.BodyCase switch
        {
            AnswerResponse.BodyOneofCase.Json => response.Json.Memory,
            AnswerResponse.BodyOneofCase.Struct => StructJson.ToJson(response.Struct),
            AnswerResponse.BodyOneofCase.Xml => mapping.AnswerFromElement(Service, response.Xml.Memory, asked),
            _ => new ExchangeError(ExchangeStage.Forward, ExchangeCodes.InformationSystemBroken) { Path = "Provides:Upstream", Expected = RefusalPhrases.Of("json_struct_or_xml"), Found = RefusalPhrases.Of("answer_without_body") },
        };
        return taken.Error is { } error ? FieldPolicy.AfterExecution(error) : taken;
    }
}
