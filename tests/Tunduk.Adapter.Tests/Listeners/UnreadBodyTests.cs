using System.Net.Sockets;
using System.Text;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Rpc;
using Tunduk.Adapter.V1;
using V1 = Tunduk.Adapter.V1;

namespace Tunduk.Adapter.Tests.Listeners;

/// <summary>
/// A body that is refused before its end: whoever sends all of it before reading anything (most clients) reads why, on every face; who
/// never stops sending loses the connection.
/// </summary>
[Collection(EndToEnd.Collection)]
public sealed class UnreadBodyTests(EndToEnd fixture)
{
    // More than all buffers between two sockets hold, more than any listener takes into memory.
    private const int Long = 16 * 1024 * 1024;

    private readonly TestWorld world = fixture.World;

    [Theory]
    [InlineData("is", "/v1/services/getPerson", "application/json", "message_too_large")]
    [InlineData("is", "/", "text/xml", "message_too_large")]
    [InlineData("is", "/r1/sandbox/GOV/70009001/registry/persons/a", "application/json", "message_too_large")]
    [InlineData("is", "/v1/nothing", "application/json", "address_unknown")]
    [InlineData("is", "/v1/services/getPerson", "application/yaml", "content_type_unsupported")]
    [InlineData("stranger", "/v1/services/getPerson", "application/json", "caller_unknown")]
    [InlineData("foreign host", "/v1/services/getPerson", "application/json", "header_invalid")]
    [InlineData("admin", "/v1/archive/search", "application/json", "message_too_large")]
    [InlineData("admin", "/v1/nothing", "application/json", "address_unknown")]
    public async Task Request_RefusedBeforeTheEndOfItsBody_IsToldToASenderThatSendsItAllFirst(string who, string path, string contentType, string code)
    {
        var address = who == "admin" ? world.Consumer.AdminAddress! : world.Consumer.IsAddress!;
        var key = who switch { "admin" => world.Folders.AuditorKey, "stranger" => "nobody's", _ => world.Folders.ApiKey };
        var head = $"POST {path} HTTP/1.1\r\nHost: {(who == "foreign host" ? "attacker.example" : "localhost")}\r\nAuthorization: Bearer {key}\r\nX-Road-Client: sandbox/COM/60009001/loans\r\nContent-Type: {contentType}\r\n";
        foreach (var isChunked in new[] { false, true })
        {
            using var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync(address.Host, address.Port);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head + (isChunked ? $"Transfer-Encoding: chunked\r\n\r\n{Long:x}\r\n" : $"Content-Length: {Long}\r\n\r\n")));
            await stream.WriteAsync(new byte[Long]).AsTask().WaitAsync(Wait.Longest);
            await stream.WriteAsync(Encoding.ASCII.GetBytes((isChunked ? "\r\n0\r\n\r\n" : "") + "GET /docs/refusals HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));

            using var reader = new StreamReader(stream);
            var answers = await reader.ReadToEndAsync().WaitAsync(Wait.Longest);

            answers.ShouldContain(code);
            answers.ShouldContain("HTTP/1.1 200 OK", customMessage: "the connection serves the next request");
        }
    }

    [Fact]
    public async Task Request_RefusedAndNeverEnding_LosesItsConnection()
    {
        var address = world.Consumer.IsAddress!;
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(address.Host, address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("POST /v1/services/getPerson HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n"));
        var piece = new byte[1024 * 1024];

        await Should.ThrowAsync<IOException>(async () =>
        {
            for (long sent = 0; sent < 99_999_999_999; sent += piece.Length)
            {
                await stream.WriteAsync(piece);
            }
        }).WaitAsync(Wait.Longest);

        (await world.AskAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Call_MessageLargerThanAny_IsRefusedByNameOnEveryKindOfMethod()
    {
        using var client = RpcClient.Of(world);
        var request = RpcClient.GetPerson(new string(' ', 4 * EndToEnd.MaxBody));
        foreach (var call in new Func<Task>[]
        {
            () => client.AskAsync(request),
            () => client.CallAsync<CallRequest, DiagnoseResponse>(RpcClient.Exchange("Diagnose"), request),
            () => client.StreamAsync<CallPart, AnswerPart>(RpcClient.Exchange("CallWithAttachments"), new CallPart { Request = request }),
        })
        {
            var refusal = await RpcClient.RefusedAsync("message_too_large", call);

            refusal.RecordId.ShouldNotBeEmpty("a refusal of somebody known is archived");
            refusal.Expected.ShouldContain("Limits:MaxBody");
        }

        (await RpcClient.RefusedAsync("message_too_large", () => client.CallAsync<GetRequest, V1.Record>(RpcClient.Archive("Get"), new GetRequest { Purpose = new string(' ', 4 * EndToEnd.MaxBody) }))).Remedy.ShouldNotBeEmpty();
    }
}
