using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Tunduk.Adapter.Sandbox.SecurityServers;
using Tunduk.Adapter.Tests.DropIn;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.V1;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Rpc;

/// <summary>Attachments by gRPC, both ways, judged by the agreement as on the drop-in face.</summary>
public sealed class AttachmentRpcTests
{
    private static readonly byte[] Pdf = AttachmentWorld.Pdf;
    private static readonly byte[] Jpeg = AttachmentWorld.Jpeg;

    [Fact]
    public async Task CallWithAttachments_AgreedOnes_CrossBothWaysWholeAndAreArchivedByDigest()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        await using var world = await AttachmentWorld.StartAsync(upstream);
        upstream.Soap = AttachmentWorld.AnswerWithParts;
        using var client = RpcClient.Of(world);

        var answer = await client.StreamAsync<CallPart, AnswerPart>(RpcClient.Exchange("CallWithAttachments"), [Request(), .. Attachment("scan.pdf", "application/pdf", Pdf, "бирдик.pdf"), .. Attachment("other", "text/plain", [1, 2, 3])]);

        answer[0].Response.Json.ToStringUtf8().ShouldContain(TestPersons.Somebody.Surname);
        answer[1].Attachment.MediaType.ShouldBe("image/jpeg");
        answer.Count(part => part.PartCase == AnswerPart.PartOneofCase.Attachment).ShouldBe(1, "what the agreement does not list does not cross");
        answer.Skip(2).SelectMany(part => part.Content.ToByteArray()).ToArray().ShouldBe(Jpeg);
        var call = upstream.Calls.ShouldHaveSingleItem();
        call.Body.AsSpan().IndexOf(Pdf).ShouldBeGreaterThan(0);
        call.Text.ShouldNotContain("scan.pdf", customMessage: "the agreement lists the file name, not the sender's Content-ID");
        call.Text.ShouldContain("filename*=UTF-8''" + Uri.EscapeDataString("бирдик.pdf"));
        call.Text.ShouldNotContain("<other>");
        RecordId.TryParse(answer[0].Response.RecordId, out var record).ShouldBeTrue();
        var archived = await world.Consumer.Archive.GetAsync(record, default);
        archived!.Values.Single(value => value.Path == "$attachment[0]/sha256").Value.ToArray().ShouldBe(SHA256.HashData(Pdf));
        archived.Values.Single(value => value.Path == "$attachment[0]/name").AsText().ShouldBe("бирдик.pdf");
    }

    [Fact]
    public async Task CallWithAttachments_WithoutAny_IsACall()
    {
        await using var world = await TestWorld.StartAsync();
        using var client = RpcClient.Of(world);

        var answer = await client.StreamAsync<CallPart, AnswerPart>(RpcClient.Exchange("CallWithAttachments"), new CallPart { Request = RpcClient.GetPerson() });

        answer.ShouldHaveSingleItem().Response.Json.ToStringUtf8().ShouldContain(TestPersons.Somebody.Surname);
    }

    public static TheoryData<string, string> Malformed => new()
    {
        { "nothing", "request_incomplete" },
        { "attachment first", "request_incomplete" },
        { "two requests", "request_incomplete" },
        { "content without an attachment", "multipart_malformed" },
        { "one id twice", "multipart_malformed" },
        { "no media type", "multipart_malformed" },
        { "an id that breaks the line", "multipart_malformed" },
        { "a name with a path", "multipart_malformed" },
        { "too large", "message_too_large" },
        { "no room", "spool_full" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    [Provokes("multipart_malformed", Faces.Grpc)]
    [Provokes("spool_full", Faces.Grpc)]
    public async Task CallWithAttachments_Malformed_IsRefusedByNameAndNothingIsSent(string what, string code)
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            Consumer = json => json["Limits"] = new JsonObject { ["MaxAttachment"] = 2 * 1024 * 1024, ["MaxSpool"] = 8 * 1024 * 1024, ["MaxSpoolEach"] = (what == "no room" ? 1 : 8) * 1024 * 1024 },
        });
        using var client = RpcClient.Of(world);
        CallPart[] parts = what switch
        {
            "nothing" => [],
            "attachment first" => [.. Attachment("a", "application/pdf", Pdf), Request()],
            "two requests" => [Request(), Request()],
            "content without an attachment" => [Request(), new CallPart { Content = ByteString.CopyFrom(1) }],
            "one id twice" => [Request(), .. Attachment("a", "application/pdf", [1]), .. Attachment("a", "application/pdf", [1])],
            "no media type" => [Request(), .. Attachment("a", "pdf", [1])],
            "an id that breaks the line" => [Request(), .. Attachment("a\r\nX-Road-Client: b", "application/pdf", [1])],
            "a name with a path" => [Request(), .. Attachment("a", "application/pdf", [1], "../../a.pdf")],
            "too large" => [Request(), .. Attachment("a", "application/pdf", new byte[2 * 1024 * 1024 + 1])],
            _ => [Request(), .. Attachment("a", "application/pdf", new byte[1024 * 1024 + 1])],
        };

        var refusal = await RpcClient.RefusedAsync(code, () => client.StreamAsync<CallPart, AnswerPart>(RpcClient.Exchange("CallWithAttachments"), parts));

        refusal.RecordId.ShouldNotBeNullOrEmpty();
        (await TestWorld.EndOfAsync(world.Consumer, refusal.RecordId)).Code.ShouldBe(code);
        world.InformationSystem.Calls.ShouldBeEmpty();
    }

    [Fact]
    [Provokes("transfer_stalled", Faces.Grpc)]
    public async Task CallWithAttachments_SenderStandsStill_IsDropped()
    {
        await using var world = await TestWorld.StartAsync();
        using var channel = Tunduk.GrpcHosting.Client.GrpcChannel.ForAddress(world.Consumer.GrpcAddress!);
        await using var call = channel.Start<CallPart, AnswerPart>(RpcClient.Exchange("CallWithAttachments"), new Tunduk.GrpcHosting.Client.GrpcCallOptions { Headers = new Tunduk.GrpcHosting.Metadata { { "authorization", "Bearer " + world.Folders.ApiKey } } });
        await call.WriteAsync(Request());
        var answer = call.MoveNext(CancellationToken.None);

        await Wait.ForAsync(() =>
        {
            world.Clock.Expire(TimeSpan.FromSeconds(30));
            return answer.IsCompleted;
        });

        await RpcClient.RefusedAsync("transfer_stalled", () => answer);
    }

    private static CallPart Request() => new() { Request = RpcClient.GetPerson() };

    private static IEnumerable<CallPart> Attachment(string id, string type, byte[] content, string name = "") =>
        [new CallPart { Attachment = new Attachment { ContentId = id, MediaType = type, FileName = name } }, .. content.Chunk(64 * 1024).Select(piece => new CallPart { Content = ByteString.CopyFrom(piece) })];
}
