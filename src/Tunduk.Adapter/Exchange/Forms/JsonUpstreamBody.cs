using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.InformationSystems;
using Tunduk.Adapter.Signing;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>An information system that takes and gives JSON by the service's contract.</summary>
internal class JsonUpstreamBody(ProvidedService service, BodyBudget.Share? share) : UpstreamBody
{
    protected ProvidedService Service { get; } = service;

    /// <summary>Counts what the answer holds in memory; null where nobody does.</summary>
    protected BodyBudget.Share? Share { get; } = share;

    private ReadOnlyMemory<byte> asked;
    private ReadOnlyMemory<byte> answer;

    public override ExchangeError? Validate(ExchangeRun run, VerifiedMessage verified, BodyMapping mapping)
    {
        if (!mapping.ToJson(Service.Operation!, MessageSide.Request, verified.BodyXml, run.Agreement).TryGet(out var json, out var error))
        {
            return error;
        }

        asked = json;
        return null;
    }

    public override Outcome<FilteredBody> FilterRequest(ExchangeRun run, BodyMapping mapping)
    {
        if (!FieldPolicy.Request(run, asked).TryGet(out var filtered, out var error))
        {
            return error;
        }

        asked = filtered.Json;
        return filtered;
    }

    public override async Task<ExchangeError?> ForwardAsync(InformationSystemClient informationSystem, SoapHeaders headers, RecordId record)
    {
        if (!(await AskAsync(informationSystem, asked, headers, record)).TryGet(out var reply, out var error))
        {
            return error;
        }

        answer = reply;
        return null;
    }

    // The echoed request is what we were asked, filtered.
    public override Outcome<FilteredBody> FilterAnswer(ExchangeRun run, BodyMapping mapping)
    {
        if (!mapping.CompleteAnswer(Service, answer, asked).TryGet(out var complete, out var error)
            || !FieldPolicy.Response(run, complete).TryGet(out var answered, out error))
        {
            return FieldPolicy.AfterExecution(error!);
        }

        if (!mapping.ToXml(Service.Operation!, MessageSide.Response, answered.Json).TryGet(out var xml, out error))
        {
            // Whose fault it is tells the answer before removal: whole, it was the list that broke it.
            var listBrokeIt = answered.Removed.Count > 0 && mapping.ToXml(Service.Operation!, MessageSide.Response, complete).Error is null;
            return listBrokeIt ? FieldPolicy.BrokenByRemoval(error) : FieldPolicy.AfterExecution(error);
        }

        AnswerXml = xml;
        return answered;
    }

    /// <summary>Asks with the filtered request; the answer is JSON by the contract.</summary>
    protected virtual Task<Outcome<ReadOnlyMemory<byte>>> AskAsync(InformationSystemClient informationSystem, ReadOnlyMemory<byte> json, SoapHeaders headers, RecordId record) =>
        informationSystem.PostJsonAsync(Service.Name, Service.Upstream, json, ForwardedHeaders.Of(headers, record), Service.Timeout, Share, CancellationToken.None);
}
