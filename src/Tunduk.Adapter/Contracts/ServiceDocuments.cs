using System.Buffers;
using System.Text;
using System.Text.Json;
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
        new(CallHeaders.UserIdName, Phrases.Of("Contracts.PersonWhoseActionCaused")),
        new(CallHeaders.IssueName, Phrases.Of("Contracts.BasisRequestBeginsAgreed")),
        new(CallHeaders.IdName, Phrases.Of("Contracts.MessageIdUuidMade")),
        new(CallHeaders.ClientName, Phrases.Of("Contracts.OwnSubsystemAsksFrom")),
        new(CallHeaders.RepresentedPartyName, Phrases.Of("Contracts.ClassCodeWhoseBehalf")),
    ];

    private static readonly OpenApiHeader[] ResponseHeaders =
    [
        new(Listeners.IsListener.RecordHeader, Phrases.Of("Contracts.ExchangeRecordArchive")),
        new(CallHeaders.IdName, Phrases.Of("Contracts.MessageIdExchange")),
    ];

    /// <summary>The service as it can be used: under the terms in force, else the whole contract and why it cannot be asked.</summary>
    public static Document OpenApi(ConsumedService service, AgreementService? terms, string state)
    {
        var buffer = new ArrayBufferWriter<byte>();
        OpenApiWriter.Write([.. service.Operations.Select(operation => (operation, Face(service, operation, terms, state)))], buffer);
        return new Document(buffer.WrittenMemory, "application/json; charset=utf-8");
    }

    private static OpenApiFace Face(ConsumedService service, Operation operation, AgreementService? terms, string state)
    {
        var face = new OpenApiFace(service.AddressOf(operation), RequestHeaders, ResponseHeaders, ExchangeCodes.All)
        {
            Description = terms is null ? Phrases.Of("Contracts.EveryRequestRefusedNow", state) : Phrases.Of("Contracts.WhatAgreementForceLets"),
        };
        if (service.Outcomes.Rules.Count > 0)
        {
            face = face with { ResponseHeaders = [.. face.ResponseHeaders, new(BusinessOutcomes.Header, Phrases.Of("Contracts.WhatAnswerSaysOk"))], OtherStatuses = Statuses(service.Outcomes) };
        }

        return terms is null ? face : face with
        {
            Request = AgreedFields.Of(terms.RequestFields, operation, MessageSide.Request),
            Response = AgreedFields.Of(terms.ResponseFields, operation, MessageSide.Response),
            Example = (side, example) => Agreed(side == MessageSide.Request ? terms.RequestFields : terms.ResponseFields, example),
        };
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
        return ProtoBuilder.Build("tunduk.services." + name, char.ToUpperInvariant(name[0]) + name[1..], service.Operations);
    }

    /// <summary>The name under which reflection serves it.</summary>
    public static string ProtoFileName(ProtoFile file) => file.Package.Replace('.', '/') + ".proto";

    /// <summary>
    /// A request that can be sent as it stands, without what the terms in force would remove; of several operations one for each, by
    /// the names of their addresses.
    /// </summary>
    public static Document Example(IReadOnlyList<Operation> operations, AgreementService? terms)
    {
        var buffer = new ArrayBufferWriter<byte>();
        if (operations.Count == 1)
        {
            buffer.Write(Example(operations[0], terms).Span);
        }
        else
        {
            using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true });
            json.WriteStartObject();
            foreach (var operation in operations)
            {
                json.WritePropertyName(operation.AddressName);
                json.WriteRawValue(Example(operation, terms).Span);
            }

            json.WriteEndObject();
        }

        return new Document(buffer.WrittenMemory, "application/json; charset=utf-8");
    }

    private static ReadOnlyMemory<byte> Example(Operation operation, AgreementService? terms)
    {
        var buffer = new ArrayBufferWriter<byte>();
        SampleWriter.Write(operation.Shape(MessageSide.Request), seed: 1, buffer, SampleOptions.Example, indented: true);
        return terms is null ? buffer.WrittenMemory : Agreed(terms.RequestFields, buffer.WrittenMemory);
    }

    private static ReadOnlyMemory<byte> Agreed(FieldList list, ReadOnlyMemory<byte> example)
    {
        var buffer = new ArrayBufferWriter<byte>(example.Length);
        return JsonFieldFilter.Apply(list, example.Span, buffer).Refusal is null ? buffer.WrittenMemory : example;
    }

    /// <summary>A document made from a contract.</summary>
    internal sealed record Document(ReadOnlyMemory<byte> Content, string ContentType);
}
