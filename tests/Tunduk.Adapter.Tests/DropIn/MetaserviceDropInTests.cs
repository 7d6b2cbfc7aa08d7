using System.Text;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>Metaservices on the drop-in face: an authenticated caller, no agreement, archived, passed on from the security server.</summary>
[Collection(DropInWorld.Collection)]
public sealed class MetaserviceDropInTests(DropInWorld fixture)
{
    private readonly DropInWorld drop = fixture;

    [Theory]
    [InlineData("/listClients", null)]
    [InlineData("/listClients?xRoadInstance=sandbox", "application/json")]
    public async Task ListClients_Caller_GetsWhatTheSecurityServerSays(string target, string? accept)
    {
        var headers = new Dictionary<string, string?> { ["Accept"] = accept, ["X-Road-Client"] = null, ["X-Road-UserId"] = null, ["X-Road-Issue"] = null };
        var reply = await drop.RestAsync("GET", target, headers: headers);
        var direct = await drop.RestAsync("GET", target, headers: headers, address: drop.SecurityServer);

        reply.Status.ShouldBe(200, reply.Text);
        reply.Text.ShouldBe(direct.Text);
        reply.ContentType.ShouldBe(direct.ContentType);
        (await TestWorld.EndOfAsync(drop.World.Consumer, reply.Record.ShouldNotBeNull())).Kind.ShouldBe(EntryKind.Response);
    }

    [Fact]
    public async Task ListClients_Stranger_GetsNothing()
    {
        var reply = await drop.RestAsync("GET", "/listClients", headers: new Dictionary<string, string?> { ["Authorization"] = null });

        reply.Status.ShouldBe(401, reply.Text);
        reply.Headers["X-Road-Error"].ShouldBe("adapter.caller_unknown");
    }

    [Theory]
    [InlineData("listMethods")]
    [InlineData("allowedMethods")]
    public async Task SoapMetaservice_Caller_GetsWhatTheSecurityServerSays(string code)
    {
        var headers = Envelopes.Headers() with { Service = ServiceId.Parse($"{SandboxNames.Provider}/{code}"), UserId = null, Issue = null };
        var envelope = Envelopes.UnsignedText(headers, $"<xrd:{code} xmlns:xrd=\"http://x-road.eu/xsd/xroad.xsd\"/>");
        var reply = await drop.PostAsync(envelope);
        var direct = await drop.PostAsync(drop.SecurityServer, Encoding.UTF8.GetBytes(envelope));

        reply.Fault.ShouldBeNull(reply.Text);
        Content(reply).ShouldBe(Content(direct));
        reply.Header("requestHash").ShouldBe(direct.Header("requestHash"));
        (await TestWorld.FindAsync(drop.World.Consumer, messageId: headers.Id)).Select(entry => entry.Entry.Kind).ShouldBe([EntryKind.Response, EntryKind.Request], ignoreOrder: true);
    }

    [Fact]
    public async Task GetWsdl_Caller_GetsTheAttachment()
    {
        var headers = Envelopes.Headers() with { Service = ServiceId.Parse(SandboxNames.Provider + "/getWsdl"), UserId = null, Issue = null };
        var envelope = Envelopes.UnsignedText(headers, "<xrd:getWsdl xmlns:xrd=\"http://x-road.eu/xsd/xroad.xsd\"><xrd:serviceCode>getPerson</xrd:serviceCode><xrd:serviceVersion>v1</xrd:serviceVersion></xrd:getWsdl>");
        var reply = await drop.World.SendAsync(Post(drop.Adapter, envelope));
        var direct = await drop.World.SendAsync(Post(drop.SecurityServer, envelope));

        reply.Status.ShouldBe(200);
        reply.ContentType!.ShouldStartWith("multipart/related", customMessage: reply.Text);
        Wsdl(reply.Text).ShouldBe(Wsdl(direct.Text));
    }

    [Theory]
    [InlineData("listMethods")]
    [InlineData("allowedMethods")]
    public async Task RestMetaservice_Caller_GetsWhatTheSecurityServerSays(string code)
    {
        var target = $"/r1/{SandboxNames.Provider}/{code}";
        var reply = await drop.RestAsync("GET", target);
        var direct = await drop.RestAsync("GET", target, address: drop.SecurityServer);

        reply.Status.ShouldBe(200, reply.Text);
        reply.Text.ShouldBe(direct.Text);
    }

    [Fact]
    public async Task GetOpenApi_SecurityServerRefuses_TheRefusalIsPassedOn()
    {
        var target = $"/r1/{SandboxNames.Provider}/getOpenAPI?serviceCode=persons";
        var reply = await drop.RestAsync("GET", target);
        var direct = await drop.RestAsync("GET", target, address: drop.SecurityServer);

        direct.Status.ShouldBeGreaterThanOrEqualTo(400);
        reply.Status.ShouldBe(direct.Status);
        reply.Headers["X-Road-Error"].ShouldBe(direct.Headers["X-Road-Error"]);
    }

    private static IEnumerable<string> Content(SoapReply reply) => reply.BodyChild!.DescendantsAndSelf().Select(element => $"{element.Name}={(element.HasElements ? "" : element.Value)}");

    private static string Wsdl(string multipart) => multipart[multipart.IndexOf("definitions", StringComparison.Ordinal)..multipart.LastIndexOf("definitions>", StringComparison.Ordinal)];

    private HttpRequestMessage Post(Uri address, string envelope)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(envelope, Encoding.UTF8, "text/xml") };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + drop.World.Folders.ApiKey);
        return request;
    }
}
