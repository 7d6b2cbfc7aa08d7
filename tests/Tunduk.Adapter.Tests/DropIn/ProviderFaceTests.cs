using System.Text;
using System.Xml.Linq;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>The provider's face: descriptions with the right addresses, an information system that knows no X-Road. Point 5.</summary>
[Collection(DropInWorld.Collection)]
public sealed class ProviderFaceTests(DropInWorld fixture) : IDisposable
{
    private readonly DropInWorld drop = fixture;

    public void Dispose() => drop.Upstream.Reset();

    [Fact]
    public async Task Wsdl_OfAService_NamesThisAdapterAsItsAddress()
    {
        var name = drop.World.Provider.SecurityServerAddress!;
        var reply = await drop.World.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(name, "wsdl/getPerson")));

        reply.Status.ShouldBe(200, reply.Text);
        var addresses = XDocument.Parse(reply.Text).Descendants().Where(element => element.Name.LocalName == "address").Select(element => (string)element.Attribute("location")!);
        addresses.Distinct().ShouldBe([name.GetLeftPart(UriPartial.Authority) + "/soap"]);
    }

    [Theory]
    [InlineData("wsdl/nobody")]
    [InlineData("wsdl/persons")]
    [InlineData("openapi/getPerson")]
    [InlineData("openapi/persons")]
    public async Task Description_ThatIsNotThere_IsRefused(string path) =>
        (await drop.World.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(drop.World.Provider.SecurityServerAddress!, path)))).Status.ShouldBe(500);

    [Fact]
    public async Task Soap_InformationSystemWithoutXRoad_GetsTheBodyAndNoHeaders()
    {
        var id = Guid.NewGuid().ToString();
        (await drop.PostAsync(Lookup("<l:pin>17</l:pin>", id))).Fault.ShouldBeNull();

        var call = drop.Upstream.Calls.Last();
        var envelope = XDocument.Parse(call.Text).Root!;
        envelope.Elements().Select(element => element.Name.LocalName).ShouldBe(["Body"]);
        envelope.Descendants().Last().Value.ShouldBe("17");
        call.Headers["X-Road-Id"].ShouldBe(id);
        call.Headers["X-Road-Client"].ShouldBe(SandboxNames.Consumer);
    }

    [Theory]
    [InlineData("an element that is no response", 200, "<l:lookup xmlns:l=\"urn:x\"/>", "information_system_broken")]
    [InlineData("another status", 404, "<l:lookupResponse xmlns:l=\"urn:x\"/>", "information_system_refused")]
    [InlineData("two elements", 200, "<a/><b/>", "information_system_broken")]
    public async Task Soap_InformationSystemBreaksTheRules_IsNamedToTheClient(string what, int status, string body, string code)
    {
        what.ShouldNotBeEmpty();
        drop.Upstream.Soap = UpstreamDouble.Answering(UpstreamDouble.Envelope(body), status: status);

        var reply = await drop.PostAsync(Lookup("<l:pin>1</l:pin>"));

        reply.FaultCode.ShouldBe("adapter." + code);
        var executed = code == "information_system_broken";
        reply.FaultString.Contains("may have executed the request", StringComparison.Ordinal).ShouldBe(executed, reply.Text);
        reply.Text.Contains("<outcomeUnknown", StringComparison.Ordinal).ShouldBe(executed);
    }

    [Theory]
    [InlineData("{\"pin\":")]
    [InlineData("")]
    public async Task Rest_InformationSystemGoneInItsAnswer_ClientIsToldThatItMayHaveBeenExecuted(string begun)
    {
        drop.Upstream.Rest = async (context, _) =>
        {
            context.Response.ContentLength = 99_999;
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(begun));
            await context.Response.Body.FlushAsync();
            context.Abort();
        };

        var reply = await drop.RestAsync("GET", "/r1/sandbox/GOV/70009001/registry/persons/a");

        reply.Headers["X-Road-Error"].ShouldBe("adapter.information_system_broken", reply.Text);
        var error = System.Text.Json.Nodes.JsonNode.Parse(reply.Body)!;
        ((string?)error["type"]).ShouldBe("adapter.information_system_broken");
        ((string?)error["message"]).ShouldNotBeNull().ShouldEndWith("The provider may have executed the request.");
        ((string?)error["detail"]).ShouldBe(reply.Record);
    }

    [Fact]
    public async Task Soap_RepeatAfterARefusedAnswer_NeverReachesTheInformationSystemAgain()
    {
        drop.Upstream.Soap = UpstreamDouble.Answering(UpstreamDouble.Envelope("<a/><b/>"));
        var id = Guid.NewGuid().ToString();
        (await drop.PostAsync(Lookup("<l:pin>1</l:pin>", id))).FaultCode.ShouldBe("adapter.information_system_broken");
        drop.Upstream.Reset();

        for (var repeat = 0; repeat < 2; repeat++)
        {
            (await drop.PostAsync(Lookup("<l:pin>1</l:pin>", id))).FaultCode.ShouldBe("adapter.executed_not_archived");
        }

        drop.Upstream.Calls.Count(call => call.Headers.GetValueOrDefault("X-Road-Id") == id).ShouldBe(1);
    }

    [Fact]
    public async Task Soap_RepeatAfterTheInformationSystemSaidItDidNothing_IsAskedAgain()
    {
        drop.Upstream.Soap = UpstreamDouble.Answering("busy", "text/plain", 429);
        var id = Guid.NewGuid().ToString();
        (await drop.PostAsync(Lookup("<l:pin>1</l:pin>", id))).FaultCode.ShouldBe("adapter.information_system_refused");
        drop.Upstream.Reset();

        (await drop.PostAsync(Lookup("<l:pin>1</l:pin>", id))).Fault.ShouldBeNull();
        (await TestWorld.FindAsync(drop.World.Provider, messageId: id)).ShouldContain(entry => entry.Entry.Flags.HasFlag(EntryFlags.RepeatedMessageId));
    }

    [Theory]
    [InlineData("v1/nothing", "GET", 404, "address_unknown")]
    [InlineData("v1/services", "PUT", 405, "method_unsupported")]
    [Provokes("address_unknown", Faces.Rest)]
    [Provokes("method_unsupported", Faces.Rest)]
    public async Task IsListener_UnknownAddressOrMethod_IsAProblemLikeAnyOther(string path, string method, int status, string code)
    {
        var reply = await drop.World.SendAsync(new HttpRequestMessage(new HttpMethod(method), new Uri(drop.Adapter, path)));

        reply.Status.ShouldBe(status);
        Refusal.CheckForm(reply, code, "decode");
    }

    [Fact]
    public async Task IsListener_MoreHeadersThanItTakes_IsAProblemLikeAnyOther()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(drop.Adapter, "v1/services"));
        for (var i = 0; i < 150; i++)
        {
            request.Headers.TryAddWithoutValidation($"X-{i}", "1");
        }

        Refusal.CheckForm(await drop.World.SendAsync(request), "headers_too_large", "decode");
    }

    [Fact]
    public async Task IsListener_TenThousandHeaders_CostsAConnectionAndNoMore()
    {
        var headers = Enumerable.Range(0, 10_000).Select(i => $"X-{i}: 1");
        var reply = await RawHttp.PostAsync(drop.Adapter, "/", headers, "");

        reply.Status.ShouldBe(431);
        (await drop.PostAsync(Lookup("<l:pin>1</l:pin>"))).Fault.ShouldBeNull();
    }

    [Fact]
    public async Task Post_BodyNestedTenThousandDeep_IsRefused()
    {
        var deep = string.Concat(Enumerable.Repeat("<l:a>", 10_000)) + string.Concat(Enumerable.Repeat("</l:a>", 10_000));

        (await drop.PostAsync(Lookup(deep))).FaultCode.ShouldBe("adapter.xml_forbidden");
    }

    [Fact]
    public async Task Post_JsonWithAByteOrderMark_IsRefusedAtItsRoot()
    {
        var body = TestWorld.JsonBytes(Encoding.UTF8.GetBytes("\uFEFF" + TestPersons.Request));

        (await drop.World.RefusedAsync("json_malformed", "decode", content: body)).Path.ShouldBe("$");
    }

    private static string Lookup(string content, string? id = null) => Envelopes.UnsignedText(
        Envelopes.Headers(id) with { Service = ServiceId.Parse(DropInWorld.Lookup) },
        $"<l:lookup xmlns:l=\"{DropInWorld.LookupNamespace}\">{content}</l:lookup>");
}
