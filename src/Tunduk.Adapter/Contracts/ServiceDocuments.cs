using System.Buffers;
using System.Text;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.OpenApi;
using Tunduk.XRoad.Contracts.Outcomes;
using Tunduk.XRoad.Contracts.Proto;
using Tunduk.XRoad.Contracts.Samples;

namespace Tunduk.Adapter.Contracts;

/// <summary>What a service's contract gives its callers: OpenAPI, .proto, an example request.</summary>
internal static class ServiceDocuments
{
    private static readonly OpenApiHeader[] RequestHeaders =
    [
        new(CallHeaders.UserIdName, "The person whose action caused the request; required unless the agreement says otherwise"),
        new(CallHeaders.IssueName, "The basis of the request; begins with an agreed purpose where the agreement lists purposes"),
        new(CallHeaders.IdName, "Message id; a UUID is made when absent"),
        new(CallHeaders.ClientName, "Own subsystem that asks; from the configuration when absent"),
        new(CallHeaders.RepresentedPartyName, "[class/]code on whose behalf, only where the agreement permits it"),
    ];

    private static readonly OpenApiHeader[] ResponseHeaders =
    [
        new(Listeners.IsListener.RecordHeader, "The exchange's record in the archive"),
        new(CallHeaders.IdName, "Message id of the exchange"),
    ];

    /// <summary>The service as it can be used: under the terms in force, else the whole contract and why it cannot be asked.</summary>
    public static Document OpenApi(ConsumedService service, AgreementService? terms, string state)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var face = new OpenApiFace($"/v1/services/{service.Alias}", RequestHeaders, ResponseHeaders, ExchangeCodes.All)
        {
            Description = terms is null ? $"Every request is refused now ({state}); this is the whole contract." : "What the agreement in force lets through.",
        };
        if (service.Outcomes.Rules.Count > 0)
        {
            face = face with { ResponseHeaders = [.. face.ResponseHeaders, new(BusinessOutcomes.Header, "What the answer says: ok, not-found, many, bad-request, denied or provider-error")], OtherStatuses = Statuses(service.Outcomes) };
        }

        if (terms is not null)
        {
            face = face with
            {
                Request = AgreedFields.Of(terms.RequestFields, service.Operation!, MessageSide.Request),
                Response = AgreedFields.Of(terms.ResponseFields, service.Operation!, MessageSide.Response),
                Example = (side, example) => Agreed(side == MessageSide.Request ? terms.RequestFields : terms.ResponseFields, example),
            };
        }

        OpenApiWriter.Write(service.Operation!, face, buffer);
        return new Document(buffer.WrittenMemory, "application/json; charset=utf-8");
    }

    // A refusal has the same statuses, and another media type.
    private static IReadOnlyList<KeyValuePair<int, string>> Statuses(OutcomeRules rules) =>
        [.. rules.Rules.Select(rule => rule.Outcome).Where(outcome => outcome != BusinessOutcome.Ok).Distinct().Order()
            .Select(outcome => new KeyValuePair<int, string>(BusinessOutcomes.StatusOf(outcome), BusinessOutcomes.Title(OutcomeRules.Name(outcome))))];

    public static Document Proto(ConsumedService service)
    {
        return new Document(Encoding.UTF8.GetBytes(ProtoText.Write(ProtoFile(service))), "text/plain; charset=utf-8");
    }

    /// <summary>The model behind <c>service.proto</c> and the typed method: one package for each alias, so that clients may load several.</summary>
    public static ProtoFile ProtoFile(ConsumedService service)
    {
        var name = ProtoBuilder.Identifier(service.Alias, "service");
        return ProtoBuilder.Build("tunduk.services." + name, char.ToUpperInvariant(name[0]) + name[1..], [service.Operation!]);
    }

    /// <summary>The name under which reflection serves it.</summary>
    public static string ProtoFileName(ProtoFile file) => file.Package.Replace('.', '/') + ".proto";

    /// <summary>A request that can be sent as it stands, without what the terms in force would remove.</summary>
    public static Document Example(ConsumedService service, AgreementService? terms)
    {
        var buffer = new ArrayBufferWriter<byte>();
        SampleWriter.Write(service.Operation!.Shape(MessageSide.Request), seed: 1, buffer, SampleOptions.Example, indented: true);
        return new Document(terms is null ? buffer.WrittenMemory : Agreed(terms.RequestFields, buffer.WrittenMemory), "application/json; charset=utf-8");
    }

    private static ReadOnlyMemory<byte> Agreed(FieldList list, ReadOnlyMemory<byte> example)
    {
        var buffer = new ArrayBufferWriter<byte>(example.Length);
        return JsonFieldFilter.Apply(list, example.Span, buffer).Refusal is null ? buffer.WrittenMemory : example;
    }

    /// <summary>A document made from a contract.</summary>
    internal sealed record Document(ReadOnlyMemory<byte> Content, string ContentType);
}
