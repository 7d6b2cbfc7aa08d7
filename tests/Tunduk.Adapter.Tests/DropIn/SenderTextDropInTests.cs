using Microsoft.AspNetCore.Http;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>Texts of a sender's choice beside the fields, through both running adapters: none reaches the other side.</summary>
[Collection(DropInWorld.Collection)]
public sealed class SenderTextDropInTests(DropInWorld fixture) : IDisposable
{
    private const string Service = "/r1/sandbox/GOV/70009001/registry/persons";
    private readonly DropInWorld drop = fixture;

    public void Dispose() => drop.Upstream.Reset();

    [Fact]
    public async Task Soap_PrefixesOfAnAnswer_AreOurs()
    {
        drop.Upstream.Soap = UpstreamDouble.Answering(UpstreamDouble.Envelope($"<SMUGGLED:lookupResponse xmlns:SMUGGLED=\"{DropInWorld.LookupNamespace}\"><SMUGGLED:surname>A</SMUGGLED:surname></SMUGGLED:lookupResponse>"));

        var reply = await drop.PostAsync(Lookup("<l:pin>1</l:pin>"));

        reply.Fault.ShouldBeNull();
        reply.Reply!.Text.ShouldNotContain("SMUGGLED");
        reply.Reply!.Text.ShouldContain(":surname>A</");
    }

    [Fact]
    public async Task Soap_PrefixesOfARequest_AreOurs()
    {
        (await drop.PostAsync(Lookup("<SMUGGLED:pin xmlns:SMUGGLED=\"" + DropInWorld.LookupNamespace + "\">7</SMUGGLED:pin>"))).Fault.ShouldBeNull();

        var asked = drop.Upstream.Calls.Last().Text;
        asked.ShouldNotContain("SMUGGLED");
        asked.ShouldContain(":pin>7</");
    }

    [Theory]
    [InlineData("lookupSMUGGLEDResponse", DropInWorld.LookupNamespace)]
    [InlineData("SMUGGLEDResponse", DropInWorld.LookupNamespace)]
    [InlineData("lookupResponse", "urn:SMUGGLED")]
    public async Task Soap_ElementOfAnAnswerWithoutAContract_IsThatOfTheService(string name, string space)
    {
        drop.Upstream.Soap = UpstreamDouble.Answering(UpstreamDouble.Envelope($"<l:{name} xmlns:l=\"{space}\"><l:surname>A</l:surname></l:{name}>"));

        var reply = await drop.PostAsync(Lookup("<l:pin>1</l:pin>"));

        reply.FaultCode.ShouldBe("adapter.information_system_broken");
        reply.Reply!.Text.ShouldNotContain("SMUGGLED");
    }

    [Fact]
    public async Task Soap_PartsOfAnAnswer_KeepTheirBytesAlone()
    {
        drop.Upstream.Soap = (context, _) =>
        {
            context.Response.ContentType = "multipart/related; type=\"text/xml\"; start=\"<SMUGGLED>\"; boundary=SMUGGLED";
            return context.Response.WriteAsync(
                "--SMUGGLED\r\nContent-Type: text/xml; charset=UTF-8\r\nContent-ID: <SMUGGLED>\r\nX-A: SMUGGLED\r\n\r\n"
                + UpstreamDouble.Response("<l:surname>A</l:surname>")
                + "\r\n--SMUGGLED\r\nContent-Type: application/octet-stream; x=SMUGGLED; charset=WINDOWS-1251\r\nContent-ID: <kept>\r\nContent-Description: SMUGGLED\r\nX-Y: SMUGGLED\r\n\r\nBYTES\r\n--SMUGGLED--\r\n");
        };

        using var request = new HttpRequestMessage(HttpMethod.Post, drop.Adapter) { Content = new StringContent(Lookup("<l:pin>1</l:pin>"), System.Text.Encoding.UTF8, "text/xml") };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + drop.World.Folders.ApiKey);
        var reply = await drop.World.SendAsync(request);

        reply.Text.ShouldContain("BYTES");
        reply.Text.ShouldContain("<kept>");
        reply.Text.ShouldContain("Content-Type: application/octet-stream; charset=windows-1251\r\n", customMessage: "without its charset a text could not be read");
        reply.Text.ShouldNotContain("SMUGGLED");
        reply.ContentType.ShouldNotBeNull().ShouldNotContain("SMUGGLED");
    }

    [Fact]
    public async Task Rest_TraceTypesAndHeaders_ReachNeitherSide()
    {
        drop.Upstream.Rest = UpstreamDouble.Answering("""{"surname":"Invented"}""", "application/smuggled+json; profile=SMUGGLED");

        var reply = await drop.RestAsync("GET", Service + "/a", headers: new Dictionary<string, string?>
        {
            ["Accept"] = "application/SMUGGLED, application/json",
            ["baggage"] = "a=SMUGGLED",
            ["tracestate"] = "a=SMUGGLED",
            ["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        });

        reply.Status.ShouldBe(200, reply.Text);
        reply.ContentType.ShouldBe("application/json");
        var call = drop.Upstream.Calls.Last();
        string.Join('\n', call.Headers.Values).ShouldNotContain("SMUGGLED");
        call.Headers.Keys.ShouldNotContain("traceparent", customMessage: string.Join(',', call.Headers.Keys));
        call.Headers["Accept"].ShouldBe("application/json");
    }

    [Theory]
    [InlineData(404)]
    [InlineData(500)]
    public async Task Rest_ErrorOfTheInformationSystem_FollowsTheFaults(int status)
    {
        drop.Upstream.Rest = UpstreamDouble.Answering("""{"type":"Server.NotFound","message":"no person SECRET","detail":"SECRET","surname":"Invented"}""", "application/json", status);

        var reply = await drop.RestAsync("GET", Service + "/a");

        reply.Status.ShouldBe(status, reply.Text);
        reply.Text.ShouldBe("""{"type":"Server.NotFound","surname":"Invented"}""");
    }

    private static string Lookup(string content) => Envelopes.UnsignedText(
        Envelopes.Headers() with { Service = ServiceId.Parse(DropInWorld.Lookup) },
        $"<l:lookup xmlns:l=\"{DropInWorld.LookupNamespace}\">{content}</l:lookup>");
}
