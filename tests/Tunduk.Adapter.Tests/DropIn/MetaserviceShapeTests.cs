using System.Text;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Sandbox.SecurityServers;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>A metaservice needs no agreement, so nothing may stand in it but what the protocol gives it: it is no way past the lists.</summary>
[Collection(DropInWorld.Collection)]
public sealed class MetaserviceShapeTests(DropInWorld fixture)
{
    private const string XRoad = "xmlns:x=\"http://x-road.eu/xsd/xroad.xsd\"";
    private readonly DropInWorld drop = fixture;

    [Theory]
    [InlineData("listMethods", "<x:listMethods " + XRoad + "><pin>21502197994378</pin></x:listMethods>")]
    [InlineData("listMethods", "<x:listMethods " + XRoad + ">21502197994378</x:listMethods>")]
    [InlineData("listMethods", "<x:listMethods " + XRoad + "><!-- 21502197994378 --></x:listMethods>")]
    [InlineData("listMethods", "<x:listMethods " + XRoad + " pin=\"21502197994378\"/>")]
    [InlineData("allowedMethods", "<allowedMethods xmlns=\"urn:other\"/>")]
    [InlineData("getWsdl", "<x:getWsdl " + XRoad + "/>")]
    [InlineData("getWsdl", "<x:getWsdlAnything " + XRoad + "><x:serviceCode>getPerson</x:serviceCode></x:getWsdlAnything>")]
    [InlineData("getWsdl", "<x:getWsdl " + XRoad + "><x:serviceCode>getPerson</x:serviceCode><x:serviceVersion>v1</x:serviceVersion><x:serviceVersion>v1</x:serviceVersion></x:getWsdl>")]
    [InlineData("getWsdl", "<x:getWsdl " + XRoad + "><x:serviceCode>get Person; pin/21502197994378</x:serviceCode></x:getWsdl>")]
    [InlineData("getWsdl", "<x:getWsdl " + XRoad + "><x:serviceCode note=\"21502197994378\">getPerson</x:serviceCode></x:getWsdl>")]
    [Provokes("metaservice_invalid", Faces.Soap)]
    public async Task Soap_MoreThanTheProtocolGives_IsRefusedAndNotSent(string code, string body)
    {
        var headers = Envelopes.Headers() with { Service = ServiceId.Parse($"sandbox/GOV/79999999/registry/{code}"), UserId = null, Issue = null };
        var reply = await drop.PostAsync(Envelopes.UnsignedText(headers, body));

        reply.FaultCode.ShouldBe("adapter.metaservice_invalid", reply.Text);
        reply.Text.ShouldNotContain("21502197994378");
        (await drop.WasSentAsync(headers.Id)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("getSecurityServerOperationalData")]
    [InlineData("getSecurityServerMetrics")]
    [InlineData("getSecurityServerHealthData")]
    [InlineData("listMethods/v1")]
    public async Task Soap_CodeThatIsNoMetaservice_NeedsAnAgreement(string service)
    {
        var headers = Envelopes.Headers() with { Service = ServiceId.Parse($"sandbox/GOV/79999999/registry/{service}") };
        var code = service.Split('/')[0];
        var reply = await drop.PostAsync(Envelopes.UnsignedText(headers, $"<x:{code} {XRoad}/>"));

        reply.FaultCode.ShouldBe("adapter.no_agreement", reply.Text);
        (await drop.WasSentAsync(headers.Id)).ShouldBeFalse();
    }

    [Fact]
    public async Task Soap_WhatStandsAroundAMetaservice_DoesNotCross()
    {
        var headers = Envelopes.Headers() with { Service = ServiceId.Parse(SandboxNames.Provider + "/listMethods") };
        var text = Envelopes.UnsignedText(headers, $"<x:listMethods {XRoad} xmlns:pin=\"urn:21502197994378\"><?pin 21502197994378?> </x:listMethods>");

        // The processing instruction is more than white space: the element is not empty.
        (await drop.PostAsync(text)).FaultCode.ShouldBe("adapter.metaservice_invalid");
        var reply = await drop.PostAsync(text.Replace("<?pin 21502197994378?>", "", StringComparison.Ordinal).Replace(headers.Id, Guid.NewGuid().ToString(), StringComparison.Ordinal));
        reply.Fault.ShouldBeNull(reply.Text);
    }

    [Theory]
    [InlineData("GET", "/listMethods/21502197994378", "metaservice_invalid")]
    [InlineData("GET", "/listMethods?name=Ivan", "metaservice_invalid")]
    [InlineData("GET", "/allowedMethods?", null)]
    [InlineData("GET", "/getOpenAPI", "metaservice_invalid")]
    [InlineData("GET", "/getOpenAPI?serviceCode=persons&pin=1", "metaservice_invalid")]
    [InlineData("GET", "/getOpenAPI?serviceCode=per%2Fsons", "metaservice_invalid")]
    [InlineData("POST", "/listMethods", "method_unsupported")]
    [InlineData("HEAD", "/listMethods", "method_unsupported")]
    [InlineData("GET", "/getSecurityServerMetrics", "no_agreement")]
    [InlineData("GET", "/getWsdl", "no_agreement")]
    [Provokes("metaservice_invalid", Faces.Rest)]
    public async Task Rest_MoreThanTheProtocolGives_IsRefused(string method, string rest, string? code)
    {
        var reply = await drop.RestAsync(method, "/r1/sandbox/GOV/79999999/other" + rest, method == "POST" ? "{\"pin\":\"21502197994378\"}" : null);

        var error = reply.Headers.GetValueOrDefault("X-Road-Error", "");
        (code is null ? !error.StartsWith("adapter.", StringComparison.Ordinal) : error == "adapter." + code).ShouldBeTrue($"{error} {reply.Text}");
    }

    [Theory]
    [InlineData("/listClients?pin=21502197994378")]
    [InlineData("/listClients?xRoadInstance=a&pin=1")]
    [InlineData("/listClients?xRoadInstance=a/b")]
    public async Task ListClients_AnotherQuery_IsRefused(string target) =>
        (await drop.RestAsync("GET", target)).Headers["X-Road-Error"].ShouldBe("adapter.metaservice_invalid");

    [Fact]
    public async Task GetOpenApi_ServiceWithADescription_IsPassedOnWhole()
    {
        using var folder = new Sandbox.TemporaryFolder();
        var file = Path.Combine(folder.Path, "openapi.json");
        await File.WriteAllTextAsync(file, new JsonObject { ["openapi"] = "3.0.3", ["info"] = new JsonObject { ["title"] = "Invented", ["version"] = "1" }, ["paths"] = new JsonObject() }.ToJsonString());
        drop.World.SecurityServers.Provider.Add(new ServiceRegistration { Id = SandboxNames.Provider + "/described", Kind = ServiceKind.OpenApi3, Description = file, Allowed = [SandboxNames.Consumer] });
        var target = $"/r1/{SandboxNames.Provider}/getOpenAPI?serviceCode=described";

        var reply = await drop.RestAsync("GET", target);
        var direct = await drop.RestAsync("GET", target, address: drop.SecurityServer);

        reply.Status.ShouldBe(200, reply.Text);
        reply.Text.ShouldBe(direct.Text);
        reply.Text.ShouldContain("Invented");
        Encoding.UTF8.GetByteCount(reply.Text).ShouldBeGreaterThan(50);
    }
}
