using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Tests.Exchange;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Listeners;

/// <summary>
/// What Kestrel refuses before anything of ours sees it, by raw sockets: the refusal says what is wrong, holds nothing that was sent,
/// and the connection ends.
/// </summary>
[Collection(EndToEnd.Collection)]
public sealed class MalformedRequestTests(EndToEnd fixture)
{
    private readonly TestWorld world = fixture.World;

    public static TheoryData<string, string, string> Malformed
    {
        get
        {
            const string line = "POST /v1/services/getPerson HTTP/1.1\r\n";
            const string host = "Host: localhost\r\n";
            var data = new TheoryData<string, string, string>();
            foreach (var listener in new[] { "is", "admin", "security-server" })
            {
                data.Add(listener, "SMUGGLED\r\n\r\n", "http_malformed");
                data.Add(listener, "\0\u0001\u0002SMUGGLED / HTTP/1.1\r\n\r\n", "http_malformed");
                data.Add(listener, "GET / HTTP/9.9\r\n\r\n", "http_malformed");
                data.Add(listener, line + "\r\n", "http_malformed");
                data.Add(listener, line + host + "Host: SMUGGLED\r\n\r\n", "http_malformed");
                data.Add(listener, line + host + "X-A : SMUGGLED\r\n\r\n", "http_malformed");
                data.Add(listener, line + host + "SMUGGLED\r\n\r\n", "http_malformed");
                data.Add(listener, line + host + "Content-Length: -1\r\n\r\n", "http_malformed");
                data.Add(listener, line + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", "http_malformed");
                data.Add(listener, line + host + "Transfer-Encoding: SMUGGLED\r\n\r\n", "http_malformed");
                data.Add(listener, line + host + "Content-Length: +2\r\n\r\n{}", "http_malformed");
                data.Add(listener, line + host + "Content-Length: 2 2\r\n\r\n{}", "http_malformed");
                data.Add(listener, line + host + "Content-Length: 2, 2\r\n\r\n{}", "http_malformed");
                data.Add(listener, line + host + "Content-Length: 0x2\r\n\r\n{}", "http_malformed");
                data.Add(listener, line + host + "Content-Length: 99999999999999999999999999\r\n\r\n{}", "http_malformed");
                data.Add(listener, line + host + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n", "http_malformed");
                data.Add(listener, line + host + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "http_malformed");
                data.Add(listener, line + host + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "http_malformed");
                data.Add(listener, line + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "http_malformed");
                data.Add(listener, line + host + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", "http_malformed");
                data.Add(listener, line + host + "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n", "http_malformed");
                data.Add(listener, line + host + "Transfer-Encoding: chunked; q=1\r\n\r\n0\r\n\r\n", "http_malformed");
                data.Add(listener, line.Replace("1.1", "1.0", StringComparison.Ordinal) + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "http_malformed");
                data.Add(listener, line.Replace("\r", "", StringComparison.Ordinal) + host + "\r\n", "http_malformed");
                data.Add(listener, line + host + "X-A: 1\n\r\n", "http_malformed");
                data.Add(listener, line.ToLowerInvariant().Replace("http/", "HTTP/", StringComparison.Ordinal) + host + "\r\n", "method_unsupported");
                data.Add(listener, $"GET /{new string('a', 9_000)} HTTP/1.1\r\n{host}\r\n", "address_invalid");
                data.Add(listener, line + host + Many(300) + "\r\n", "headers_too_large");
                data.Add(listener, line + host + "X-A: " + new string('a', 70_000) + "\r\n\r\n", "headers_too_large");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    [Provokes(ExchangeCodes.HttpMalformed, Faces.Rest)]
    public async Task Request_Malformed_IsNamedAndTheConnectionEnds(string listener, string request, string code)
    {
        var reply = await AskAsync(listener, request);

        Check(reply, code);
    }

    /// <summary>Head of the chunked body, and what stands where a chunk should.</summary>
    [Theory]
    [InlineData("/v1/services/getPerson", "application/json", "zz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("/v1/services/getPerson", "application/json", "-1\r\n{}\r\n0\r\n\r\n")]
    [InlineData("/v1/services/getPerson", "application/json", "FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n")]
    [InlineData("/v1/services/getPerson", "application/json", "1\r\n{}\r\n0\r\n\r\n")]
    [InlineData("/v1/services/getPerson", "application/json", "2;a\n\r\n{}\r\n0\r\n\r\n")]
    [InlineData("/v1/services/getPerson", "multipart/related; boundary=b", "2\r\n--\r\nzz\r\n")]
    [InlineData("/", "text/xml", "zz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("/", "multipart/related; type=\"text/xml\"; boundary=b", "2\r\n--\r\nzz\r\n")]
    [InlineData("/r1/sandbox/GOV/70009001/registry/persons/a", "application/pdf", "zz\r\n{}\r\n0\r\n\r\n")]
    public async Task Body_ChunksThatAreNone_AreNamedAndTheConnectionEnds(string path, string contentType, string body)
    {
        var reply = await AskAsync("is", $"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {world.Folders.ApiKey}\r\nContent-Type: {contentType}\r\nTransfer-Encoding: chunked\r\n\r\n{body}GET /v1/services HTTP/1.1\r\nHost: localhost\r\n\r\n");

        reply.ShouldContain("http_malformed");
        reply.ShouldNotContain("request_incomplete");
        reply.Split("\r\nDate: ").Length.ShouldBe(2, "one answer: what stands behind such a body is no request");
    }

    // Behind a request that is answered, on the same connection.
    [Fact]
    public async Task Request_MalformedBehindAWholeOne_LeavesTheFirstAnswerWhole()
    {
        var reply = await AskAsync("admin", "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\nSMUGGLED\r\n\r\n");

        reply.ShouldStartWith("HTTP/1.1 200 OK\r\n");
        Check(reply[reply.IndexOf("HTTP/1.1 400", StringComparison.Ordinal)..], "http_malformed");
    }

    [Fact]
    public async Task Request_TenThousandHeaders_AreRefusedByNameAndTheNextCallerIsServed()
    {
        for (var i = 0; i < 20; i++)
        {
            Check(await AskAsync("is", "POST / HTTP/1.1\r\nHost: localhost\r\n" + Many(10_000) + "\r\n"), "headers_too_large");
        }

        (await world.AskAsync()).Status.ShouldBe(200);
    }

    private static string Many(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"X-{i}: 1\r\n"));

    private static void Check(string reply, string code)
    {
        var end = reply.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        end.ShouldBeGreaterThan(0, reply);
        var head = reply[..end];
        head.ShouldStartWith($"HTTP/1.1 {(int)ExchangeCodes.StatusOf(code)} ");
        head.ShouldContain("Content-Type: application/problem+json");
        head.ShouldContain("Connection: close");
        head.ShouldContain("X-Road-Error: adapter." + code);
        head.ShouldContain("Date: ");
        var body = reply[(end + 4)..];
        head.ShouldContain($"Content-Length: {Encoding.UTF8.GetByteCount(body)}", customMessage: "one answer and nothing behind it");
        using var problem = JsonDocument.Parse(body);
        problem.RootElement.GetProperty("code").GetString().ShouldBe(code);
        problem.RootElement.GetProperty("remedy").GetString().ShouldNotBeNullOrEmpty();
        reply.ShouldNotContain("SMUGGLED");
    }

    // All of the answer: it ends when the other side ends the connection.
    private async Task<string> AskAsync(string listener, string request)
    {
        var address = listener switch { "is" => world.Consumer.IsAddress!, "admin" => world.Consumer.AdminAddress!, _ => world.Provider.SecurityServerAddress! };
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(address.Host, address.Port);
        var sending = SendAsync(client, Encoding.Latin1.GetBytes(request));
        using var answer = new MemoryStream();
        try
        {
            await client.GetStream().CopyToAsync(answer).WaitAsync(Wait.Longest);
        }
        catch (IOException)
        {
            // Reset: it did not wait for what was still to come.
        }

        await sending;
        return Encoding.UTF8.GetString(answer.ToArray());
    }

    private static async Task SendAsync(TcpClient client, byte[] request)
    {
        try
        {
            await client.GetStream().WriteAsync(request);
        }
        catch (IOException)
        {
            // It stopped listening.
        }
    }
}
