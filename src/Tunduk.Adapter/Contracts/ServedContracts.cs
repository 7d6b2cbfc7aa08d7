using System.Buffers;
using System.Collections.Frozen;
using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Exchange.Forms;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Metaservices;
using Tunduk.XRoad.Rest;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Contracts;

/// <summary>
/// Asks for contracts by getWsdl and getOpenAPI from within the adapter: through the pipeline, so that each question is verified,
/// bounded and archived like those of an existing client on the drop-in face.
/// </summary>
internal sealed class ServedContracts(ExchangePipeline pipeline, AttachmentSpool spool)
{
    private const int MaxContract = 16 * 1024 * 1024;

    // The adapter itself: nobody can authenticate as it, and metaservices need no agreement.
    private static readonly Caller Own = new("contract-check", FrozenSet.ToFrozenSet(["is"], StringComparer.Ordinal), null, null, []);

    /// <summary>The contract of a service as it is served now.</summary>
    public async Task<ServedContract> GetAsync(ServiceId service, ClientId client, bool rest, CancellationToken cancellationToken) =>
        rest ? await GetOpenApiAsync(service, client) : await GetWsdlAsync(service, client, cancellationToken);

    private async Task<ServedContract> GetWsdlAsync(ServiceId service, ClientId client, CancellationToken cancellationToken)
    {
        var name = ServedContractClient.FileNameOf(service, ".wsdl");
        using var form = new SoapConsumerForm(Own, ReceivedEnvelope.Decode(ServedContractClient.WsdlQuestion(service, client), charset: null), attachments: null, soapAction: null, spool);
        var answer = await pipeline.AskAsync(Own, form);
        using var attachments = answer.Multipart;
        if (answer.Error is not null)
        {
            return Failed(name, answer);
        }

        // getWsdl answers with the envelope first and the WSDL as the attachment (PR-META 5).
        return attachments?.Parts is not [var part, ..] ? new ServedContract(default, name, Phrases.Of("Contracts.AnswerNoAttachment"))
            : part.Length > MaxContract ? new ServedContract(default, name, Phrases.Of("Contracts.AnswerOverBytes", MaxContract))
            : new ServedContract(await attachments.ReadAsync(part, cancellationToken), name, null);
    }

    private async Task<ServedContract> GetOpenApiAsync(ServiceId service, ClientId client)
    {
        var name = ServedContractClient.FileNameOf(service, ".openapi.yaml");
        using var form = new RestConsumerForm(new ReceivedRest(
            "GET",
            "/" + ServedContractClient.OpenApiTarget(service),
            [new(RestHeaderNames.Client, client.ToString())],
            default)
        {
            Caller = Own,
        }, spool);
        var answer = await pipeline.AskAsync(Own, form);
        using var spooled = answer.Spooled;
        if (spooled is { Length: <= MaxContract })
        {
            using var whole = new MemoryStream();
            using var progress = spool.StartProgress(CancellationToken.None);
            await spooled.WriteAsync(whole, progress);
            return new ServedContract(whole.ToArray(), name, null);
        }

        return answer.Error is not null ? Failed(name, answer)
            : answer.Status != 200 ? new ServedContract(default, name, Phrases.Of("Contracts.Http", answer.Status))
            : spooled is not null || answer.Body.Length > MaxContract ? new ServedContract(default, name, Phrases.Of("Contracts.AnswerOverBytes", MaxContract))
            : new ServedContract(answer.Body, name, null);
    }

    // The words of the security server tell more here than our code for them.
    private static ServedContract Failed(string name, ExchangeAnswer answer) =>
        new(default, name, answer.Fault is { } fault ? Phrases.Of("Contracts.TheSecurityServerSays", fault.Code, fault.Text) : $"{answer.Error!.Code}: {RefusalTexts.Title(answer.Error.Code)}");
}
