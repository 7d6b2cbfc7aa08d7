using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Sandbox.SecurityServers;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>Neighbours that stop reading or writing in the middle, on every side: a clear end, the connection and the disk freed.</summary>
public sealed class StalledPeerTests : IClassFixture<StalledPeerTests.Fixture>
{
    private const int Large = 9_000_000;
    private const string Boundary = "stalled17";
    private static readonly TimeSpan Progress = new LimitOptions().ProgressTimeout;
    private readonly Fixture fixture;

    public StalledPeerTests(Fixture fixture) => this.fixture = fixture;

    [Fact]
    public async Task Client_StopsReading_LosesTheConnectionAndTheDiskIsFree()
    {
        byte[] jpeg = [0xFF, 0xD8, 0xFF, .. RandomNumberGenerator.GetBytes(Large)];
        fixture.Upstream.Soap = (context, _) =>
        {
            context.Response.ContentType = $"multipart/related; type=\"text/xml\"; start=\"<root>\"; boundary={Boundary}";
            return context.Response.Body.WriteAsync(Multipart(UpstreamDouble.Response("<l:surname>x</l:surname>"), "image/jpeg", jpeg)).AsTask();
        };
        using var client = await ConnectAsync(fixture.World.Consumer.IsAddress!);
        var body = Encoding.UTF8.GetBytes(Lookup());
        await client.GetStream().WriteAsync(Join(Head("text/xml; charset=utf-8", $"Content-Length: {body.Length}"), body));

        // The answer has begun; from here on nobody reads it.
        (await client.GetStream().ReadAsync(new byte[1])).ShouldBe(1);
        fixture.World.Consumer.SpooledBytes.ShouldBeGreaterThan(0);
        await Wait.ForAsync(() => fixture.World.Clock.Expire(Progress) >= 0 && fixture.World.Consumer.SpooledBytes == 0);

        (await DrainAsync(client)).ShouldBeLessThan(Large);
    }

    [Fact]
    public async Task SecurityServer_StopsReading_IsNamedAndTheOutcomeUnknown()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new RawServer(async (stream, _) =>
        {
            (await stream.ReadAsync(new byte[100])).ShouldBeGreaterThan(0);
            begun.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
        });
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            WithProvider = false,
            SecurityServer = server.Address,
            ConsumerAgreement = Fixture.WithLookup,
        });

        var posting = PostAsync(world.Consumer.IsAddress!, world.Folders.ApiKey, Multipart(Lookup(), "application/pdf", Pdf()));
        await begun.Task;
        await ExpireAsync(world, posting);

        (await posting).ShouldContain("adapter.security_server_timeout");
        await Wait.ForAsync(() => world.Consumer.SpooledBytes == 0);
    }

    [Fact]
    public async Task InformationSystem_StopsReading_IsNamed()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Raw = async stream =>
        {
            (await stream.ReadAsync(new byte[100])).ShouldBeGreaterThan(0);
            begun.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
        };
        var posting = PostAsync(fixture.World.Consumer.IsAddress!, fixture.World.Folders.ApiKey, Multipart(Lookup("stuck"), "application/pdf", Pdf()));
        await begun.Task;
        await ExpireAsync(fixture.World, posting);

        (await posting).ShouldContain("adapter.information_system_timeout");
        await Wait.ForAsync(() => fixture.World.Provider.SpooledBytes == 0 && fixture.World.Consumer.SpooledBytes == 0);
    }

    [Fact]
    public async Task InformationSystem_StopsInTheMiddleOfItsAnswer_IsNamedAndTheDiskIsFree()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Raw = async stream =>
        {
            await RawServer.ReadRequestAsync(stream);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: multipart/related; type=\"text/xml\"; boundary={Boundary}\r\nTransfer-Encoding: chunked\r\n\r\n"));
            var half = Multipart(UpstreamDouble.Response("<l:surname>x</l:surname>"), "image/jpeg", [0xFF, 0xD8, 0xFF, .. new byte[200_000]])[..100_000];
            await stream.WriteAsync(Join(Encoding.ASCII.GetBytes($"{half.Length:x}\r\n"), half));
            begun.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
        };
        var posting = PostAsync(fixture.World.Consumer.IsAddress!, fixture.World.Folders.ApiKey, Encoding.UTF8.GetBytes(Lookup("stuck")), "text/xml; charset=utf-8");
        await begun.Task;
        await ExpireAsync(fixture.World, posting);

        (await posting).ShouldContain("adapter.information_system");
        await Wait.ForAsync(() => fixture.World.Provider.SpooledBytes == 0);
    }

    [Fact]
    public async Task Client_PartThatNeverEnds_IsRefusedWithItsBoundAndTheConnectionEnds()
    {
        using var client = await ConnectAsync(fixture.World.Consumer.IsAddress!);
        var stream = client.GetStream();
        await stream.WriteAsync(Head($"multipart/related; type=\"text/xml\"; boundary={Boundary}", "Transfer-Encoding: chunked"));
        var begin = Multipart(Lookup(), "application/pdf", [])[..^20];
        await stream.WriteAsync(Join(Encoding.ASCII.GetBytes($"{begin.Length:x}\r\n"), begin, "\r\n"u8.ToArray()));
        var more = new byte[64 * 1024];
        long sent = 0;
        try
        {
            while (sent < 100L * 1024 * 1024)
            {
                await stream.WriteAsync(Join(Encoding.ASCII.GetBytes($"{more.Length:x}\r\n"), more, "\r\n"u8.ToArray()));
                sent += more.Length;
            }
        }
        catch (IOException)
        {
            // It stopped listening.
        }

        sent.ShouldBeLessThan(100L * 1024 * 1024);
        await Wait.ForAsync(() => fixture.World.Consumer.SpooledBytes == 0);
    }

    [Fact]
    public async Task Client_HeadersThatNeverEnd_LosesTheConnection()
    {
        using var client = await ConnectAsync(fixture.World.Consumer.IsAddress!);
        await client.GetStream().WriteAsync("POST / HTTP/1.1\r\nHost: loc"u8.ToArray());

        using var reader = new StreamReader(client.GetStream());
        (await reader.ReadToEndAsync()).ShouldContain("\"code\": \"transfer_stalled\"");
    }

    private static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    private static byte[] Pdf() => [.. "%PDF-1.7 "u8, .. RandomNumberGenerator.GetBytes(Large)];

    private static string Lookup(string service = "lookup") => Envelopes.UnsignedText(
        Envelopes.Headers() with { Service = ServiceId.Parse(DropInWorld.Lookup.Replace("lookup", service, StringComparison.Ordinal)) },
        $"<l:{service} xmlns:l=\"{DropInWorld.LookupNamespace}\"><l:pin>1</l:pin></l:{service}>");

    private static byte[] Multipart(string soap, string type, byte[] content) =>
    [
        .. Encoding.UTF8.GetBytes($"--{Boundary}\r\nContent-Type: text/xml; charset=UTF-8\r\nContent-ID: <root>\r\n\r\n{soap}\r\n--{Boundary}\r\nContent-Type: {type}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <scan.pdf>\r\n\r\n"),
        .. content,
        .. Encoding.ASCII.GetBytes($"\r\n--{Boundary}--\r\n"),
    ];

    private byte[] Head(string contentType, string length) => Encoding.ASCII.GetBytes(
        $"POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {fixture.World.Folders.ApiKey}\r\nContent-Type: {contentType}\r\n{length}\r\n\r\n");

    private static async Task<TcpClient> ConnectAsync(Uri address)
    {
        var client = new TcpClient { NoDelay = true, ReceiveBufferSize = 8 * 1024 };
        await client.ConnectAsync(address.Host, address.Port);
        return client;
    }

    // Everything that still comes until the other side ends the connection.
    private static async Task<long> DrainAsync(TcpClient client)
    {
        var buffer = new byte[64 * 1024];
        long all = 0;
        try
        {
            while (await client.GetStream().ReadAsync(buffer) is var read and > 0)
            {
                all += read;
            }
        }
        catch (IOException)
        {
            // Reset instead of closed.
        }

        return all;
    }

    private static async Task ExpireAsync(TestWorld world, Task posting) =>
        await Wait.ForAsync(() => posting.IsCompleted || (world.Clock.Expire(Progress) >= 0 && posting.IsCompleted));

    private static async Task<string> PostAsync(Uri address, string key, byte[] body, string contentType = "multipart/related; type=\"text/xml\"; start=\"<root>\"; boundary=" + Boundary)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        using var response = await http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>A world with a register that misbehaves on the wire.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private RawServer raw = null!;

        internal TestWorld World { get; private set; } = null!;

        internal UpstreamDouble Upstream { get; private set; } = null!;

        /// <summary>Serves one connection of the service <c>stuck</c>.</summary>
        internal Func<NetworkStream, Task> Raw { get; set; } = _ => Task.CompletedTask;

        public async Task InitializeAsync()
        {
            raw = new RawServer((stream, _) => Raw(stream));
            Upstream = await UpstreamDouble.StartAsync();
            World = await TestWorld.StartAsync(new TestWorldOptions
            {
                Provider = options =>
                {
                    var provides = (JsonObject)options["Provides"]!;
                    provides["lookup"] = new JsonObject { ["Service"] = DropInWorld.Lookup, ["Upstream"] = new Uri(Upstream.Address, "soap").ToString(), ["Protocol"] = "Soap" };
                    provides["stuck"] = new JsonObject { ["Service"] = DropInWorld.Lookup.Replace("lookup", "stuck", StringComparison.Ordinal), ["Upstream"] = raw.Address.ToString(), ["Protocol"] = "Soap" };
                },
                Consumer = options => options["Limits"] = new JsonObject { ["MaxAttachment"] = 20_000_000 },
                ProviderAgreement = WithLookup,
                ConsumerAgreement = WithLookup,
            });
            foreach (var service in new[] { "lookup", "stuck" })
            {
                World.SecurityServers.Provider.Add(new ServiceRegistration
                {
                    Id = DropInWorld.Lookup.Replace("lookup", service, StringComparison.Ordinal),
                    Url = new Uri(World.Provider.SecurityServerAddress!, "soap"),
                    Allowed = [Adapter.Sandbox.SandboxNames.Consumer],
                });
            }
        }

        public async Task DisposeAsync()
        {
            await World.DisposeAsync();
            await Upstream.DisposeAsync();
            await raw.DisposeAsync();
        }

        internal static string WithLookup(string text) => text.Replace("archive: {", string.Concat(new[] { "lookup", "stuck" }.Select(service => $$"""
              - service: {{service}}/v1
                environment: production
                request: { allow: [pin] }
                response: { allow: [surname], unlisted: remove }
                attachments: [ { side: request, name: "scan.pdf", types: [application/pdf] }, { side: response, name: "*", types: [image/jpeg] } ]

            """)) + "archive: {", StringComparison.Ordinal);
    }
}
