using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.DropIn;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Tests.Soap.Attacks;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Tests.Attacks;

/// <summary>
/// A consumer's adapter before a security server, and a provider's before an information system, each alone, both neighbours at
/// the level of bytes: each filter is seen by itself, on what is sent and on what is answered.
/// </summary>
public sealed class MatrixWorld : IAsyncLifetime
{
    /// <summary>Ways in which an unlisted value could stand in a message.</summary>
    private static readonly string[] Forms =
    [
        "SECRET",
        Convert.ToBase64String("SECRET"u8),
        Convert.ToHexString("SECRET"u8),
        string.Concat("SECRET"u8.ToArray().Select(static b => $"%{b:X2}")),
        string.Concat("SECRET".Select(static c => $"&#{(int)c};")),
        string.Concat("SECRET".Select(static c => $"&#x{(int)c:X};")),
        string.Concat("SECRET".Select(static c => $"\\u{(int)c:x4}")),
        string.Concat("SECRET".Select(static c => $"{c}\0")),
    ];

    internal RawNeighbour SecurityServer { get; } = new();

    internal RawNeighbour Upstream { get; } = new();

    internal TestWorld World { get; private set; } = null!;

    public async Task InitializeAsync() => World = await TestWorld.StartAsync(new TestWorldOptions
    {
        SecurityServer = SecurityServer.Address,
        Provider = options =>
        {
            var provides = (JsonObject)options["Provides"]!;
            provides["persons"] = new JsonObject { ["Service"] = DropInWorld.Persons, ["Upstream"] = new Uri(Upstream.Address, "api").ToString(), ["Protocol"] = "Rest" };
            provides["lookup"] = new JsonObject { ["Service"] = DropInWorld.Lookup, ["Upstream"] = new Uri(Upstream.Address, "soap").ToString(), ["Protocol"] = "Soap" };
            provides["getPerson"]!["Upstream"] = new Uri(Upstream.Address, "json").ToString();
        },
        ProviderAgreement = Lenient,
        ConsumerAgreement = Lenient,
    });

    public async Task DisposeAsync()
    {
        await World.DisposeAsync();
        await SecurityServer.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    /// <summary>Fails where a text holds the unlisted value in any form.</summary>
    internal static void Clean(string text, string what)
    {
        foreach (var form in Forms)
        {
            text.Contains(form, StringComparison.OrdinalIgnoreCase).ShouldBeFalse($"{what}: {form} in {text}");
        }
    }

    /// <summary>A REST request: to the consumer's drop-in face as its client, or to the provider's as the security server.</summary>
    internal Task<string> RestAsync(bool consumer, string method, string target, string headers, string body)
    {
        var length = body.Length == 0 || headers.Contains("Transfer-Encoding", StringComparison.OrdinalIgnoreCase) ? "" : $"Content-Length: {body.Length}\r\n";
        var (address, start, more) = consumer
            ? (World.Consumer.IsAddress!, "/r1/sandbox/GOV/70009001/registry/persons", $"Authorization: Bearer {World.Folders.ApiKey}\r\n")
            : (World.Provider.SecurityServerAddress!, "/rest/persons", $"X-Road-Id: {Guid.NewGuid()}\r\n");
        return RawNeighbour.SendAsync(address, $"{method} {start}{target} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\n{more}X-Road-Client: {SandboxNames.Consumer}\r\nX-Road-UserId: {TestPersons.UserId}\r\nX-Road-Issue: {TestPersons.Issue}\r\n{length}{headers}\r\n{body}");
    }

    /// <summary>A SOAP message to either face.</summary>
    internal Task<string> SoapAsync(bool consumer, string envelope, string contentType = "text/xml; charset=utf-8", string headers = "")
    {
        var (address, path, more) = consumer
            ? (World.Consumer.IsAddress!, "/", $"Authorization: Bearer {World.Folders.ApiKey}\r\n")
            : (World.Provider.SecurityServerAddress!, "/soap", "");
        return RawNeighbour.SendAsync(address, $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\n{more}Content-Type: {contentType}\r\nContent-Length: {envelope.Length}\r\n{headers}\r\n{envelope}");
    }

    /// <summary>JSON to the consumer's alias face.</summary>
    internal Task<string> JsonAsync(string body, string headers = "Content-Type: application/json\r\n")
    {
        var address = World.Consumer.IsAddress!;
        return RawNeighbour.SendAsync(address, $"POST /v1/services/getPerson HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\nAuthorization: Bearer {World.Folders.ApiKey}\r\nX-Road-UserId: {TestPersons.UserId}\r\nX-Road-Issue: {TestPersons.Issue}\r\nContent-Length: {body.Length}\r\n{headers}\r\n{body}");
    }

    /// <summary>The headers by which a security server says what an answer is to.</summary>
    internal static string Echo(string request) => string.Concat(
        new[] { "X-Road-Id", "X-Road-Client" }.Select(name => $"{name}: {RawNeighbour.Header(request, name)}\r\n").Append($"X-Road-Service: {DropInWorld.Persons}\r\n"));

    /// <summary>An envelope that answers a request as a security server hands it over, whatever stands in it.</summary>
    internal static string Answer(string request, string body)
    {
        var start = request.IndexOf("<?xml", StringComparison.Ordinal);
        start = start < 0 ? request.IndexOf('<', request.IndexOf("\r\n\r\n", StringComparison.Ordinal)) : start;
        var asked = Encoding.Latin1.GetBytes(request[start..]);
        SoapMessage.TryRead(asked, new SoapReaderOptions(), out var message, out var fault).ShouldBeTrue(fault.ToString());
        using (message)
        {
            var envelope = Envelopes.UnsignedText(message!.Headers!, body);
            var id = envelope.Piece("xrd:id");
            return RawNeighbour.Utf8(envelope.Swap(id, $"{id}<xrd:requestHash algorithmId=\"{RequestHash.Sha512}\">{Convert.ToBase64String(SHA512.HashData(asked))}</xrd:requestHash>"));
        }
    }

    internal static string Http(string body, string contentType = "text/xml; charset=utf-8", string headers = "", string status = "200 OK") =>
        $"HTTP/1.1 {status}\r\nContent-Type: {contentType}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n{headers}\r\n{body}";

    private static string Lenient(string text) => DropInWorld.WithAgreedHeader(text).Replace("inbound: required", "inbound: if-present", StringComparison.Ordinal);
}
