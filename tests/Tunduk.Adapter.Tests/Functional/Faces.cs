using System.Text;
using System.Xml.Linq;
using Google.Protobuf;
using Tunduk.Adapter.Tests.Rpc;
using Tunduk.Adapter.V1;
using Tunduk.GrpcHosting;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>The same question on each of the three faces: JSON on <c>/v1</c>, <c>Exchange.Call</c>, and a SOAP client on the drop-in face.</summary>
internal static class Faces
{
    public const string Rest = "REST";
    public const string Grpc = "gRPC";
    public const string Soap = "SOAP";

    public static IReadOnlyList<string> All { get; } = [Rest, Grpc, Soap];

    public static Task<Told> AskAsync(TestWorld world, string face, Question question) => face switch
    {
        Rest => RestAsync(world, question),
        Grpc => GrpcAsync(world, question),
        _ => SoapAsync(world, question),
    };

    private static async Task<Told> RestAsync(TestWorld world, Question question)
    {
        var headers = new Dictionary<string, string?>
        {
            ["X-Road-UserId"] = question.UserId,
            ["X-Road-Issue"] = question.Issue,
            ["X-Road-Id"] = question.Id,
            ["X-Road-Client"] = question.Client,
            ["X-Road-Represented-Party"] = question.RepresentedParty,
        };
        var reply = await world.AskAsync(question.Alias, TestWorld.JsonBytes(Encoding.UTF8.GetBytes(question.Json), question.ContentType), headers, question.Key);
        return reply.Status == 200 ? Told.Answer : new Told(reply.Json.GetProperty("code").GetString(), reply.Record, reply.Text, reply.Json.GetProperty("type").GetString(), reply.Json.GetProperty("rule").GetString());
    }

    private static async Task<Told> GrpcAsync(TestWorld world, Question question)
    {
        using var client = RpcClient.Of(world, question.Key);
        var request = new CallRequest
        {
            Alias = question.Alias,
            Json = ByteString.CopyFromUtf8(question.Json),
            UserId = question.UserId ?? "",
            Issue = question.Issue ?? "",
            MessageId = question.Id ?? "",
            Client = question.Client ?? "",
            RepresentedParty = question.RepresentedParty ?? "",
        };
        if (question.Xml is { } xml)
        {
            request.Xml = ByteString.CopyFromUtf8(xml);
        }

        try
        {
            await client.AskAsync(request);
            return Told.Answer;
        }
        catch (RpcException exception)
        {
            var refusal = exception.GetRpcStatus().ShouldNotBeNull(exception.ToString()).Details[0].Unpack<V1.Refusal>();
            return new Told(refusal.Code, refusal.HasRecordId ? refusal.RecordId : null, refusal.ToString(), refusal.Documentation, refusal.Rule);
        }
    }

    private static async Task<Told> SoapAsync(TestWorld world, Question question)
    {
        var headers = Envelopes.Headers(question.Id) with { Service = ServiceId.Parse(question.Service), UserId = question.UserId, Issue = question.Issue };
        headers = question.Client is null ? headers : headers with { Client = ClientId.Parse(question.Client) };
        if (question.RepresentedParty is { } party)
        {
            RepresentedParty.TryParse(party, out var represented, out _).ShouldBeTrue();
            headers = headers with { RepresentedParty = represented };
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, world.Consumer.IsAddress) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(question.Envelope ?? Envelopes.UnsignedText(headers, question.Xml ?? Envelopes.GetPerson()))) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", question.ContentType == Question.JsonType ? "text/xml; charset=utf-8" : question.ContentType);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + (question.Key ?? world.Folders.ApiKey));
        var reply = await world.SendAsync(request);
        var fault = SoapReply.Read(reply with { ContentType = "text/xml; charset=utf-8" });
        return fault.Fault is null ? Told.Answer : new Told(fault.FaultCode, reply.Record, fault.Text, Member(fault.Text, "type"), Member(fault.Text, "rule"));
    }

    private static string? Member(string envelope, string name) => XDocument.Parse(envelope).Descendants(XName.Get(name, Adapter.Exchange.RefusalMapping.Namespace)).FirstOrDefault()?.Value;

    /// <summary>What is asked.</summary>
    internal sealed record Question
    {
        public const string JsonType = "application/json";

        public string Alias { get; init; } = "getPerson";

        /// <summary>The same service, as SOAP names it.</summary>
        public string Service { get; init; } = "sandbox/GOV/70009001/registry/getPerson/v1";

        public string? Key { get; init; }

        public string? UserId { get; init; } = TestPersons.UserId;

        public string? Issue { get; init; } = TestPersons.Issue;

        public string? Id { get; init; }

        public string? Client { get; init; }

        public string? RepresentedParty { get; init; }

        public string Json { get; init; } = TestPersons.Request;

        /// <summary>The body as XML, for the faces that take it.</summary>
        public string? Xml { get; init; }

        /// <summary>The whole envelope, for SOAP.</summary>
        public string? Envelope { get; init; }

        public string ContentType { get; init; } = JsonType;

        /// <summary>The faces that can be asked so.</summary>
        public IReadOnlyList<string> Only { get; init; } = All;
    }

    /// <summary>What was answered.</summary>
    /// <param name="Code">The code of the refusal, in the face's own dress; null for an answer.</param>
    /// <param name="Record">The record it names.</param>
    /// <param name="Text">All of it.</param>
    /// <param name="Link">Where the code is documented.</param>
    /// <param name="Rule">Where the rule stands.</param>
    internal sealed record Told(string? Code, string? Record, string Text, string? Link = null, string? Rule = null)
    {
        public static Told Answer { get; } = new(null, null, "");
    }
}
