using System.Text.Json;
using System.Xml.Linq;
using Shouldly;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Sandbox.SecurityServers;
using Xunit;

namespace Tunduk.Adapter.Tests.Sandbox.SecurityServers;

/// <summary>facts/xroad.md §3.</summary>
public sealed class MetaserviceTests
{
    private static readonly string Contracts = Path.Combine(
        AppContext.BaseDirectory[..AppContext.BaseDirectory.IndexOf("tests", StringComparison.Ordinal)], "src/Tunduk.Adapter/Sandbox/Contracts");

    [Fact]
    public async Task ListClients_Xml_NamesMembersAndSubsystems()
    {
        await using World world = await World.StartAsync();
        XDocument list = XDocument.Parse(await world.Http.GetStringAsync(new Uri(world.Pair.Consumer.Address, "listClients")));
        list.Root!.Name.ShouldBe(Soap.Xrd + "clientList");
        list.Root.Elements(Soap.Xrd + "member").Count().ShouldBe(4);
    }

    [Fact]
    public async Task ListClients_Json_HasTheDocumentedMembers()
    {
        await using World world = await World.StartAsync();
        world.Http.DefaultRequestHeaders.Add("Accept", "application/json");
        using JsonDocument list = JsonDocument.Parse(await world.Http.GetStringAsync(new Uri(world.Pair.Consumer.Address, "listClients?xRoadInstance=sandbox")));
        JsonElement subsystem = list.RootElement.GetProperty("member").EnumerateArray()
            .Single(static member => member.TryGetProperty("subsystem_name", out JsonElement name) && name.GetString() == "registry");
        subsystem.GetProperty("id").GetProperty("object_type").GetString().ShouldBe("SUBSYSTEM");
        subsystem.GetProperty("id").GetProperty("member_code").GetString().ShouldBe("70009001");
        using JsonDocument other = JsonDocument.Parse(await world.Http.GetStringAsync(new Uri(world.Pair.Consumer.Address, "listClients?xRoadInstance=XX")));
        other.RootElement.GetProperty("member").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("listMethods", 2)]
    [InlineData("allowedMethods", 1)]
    public async Task SoapMethods_Listed_AreThoseOfTheSubsystem(string code, int count)
    {
        await using World world = await World.StartAsync();
        world.Pair.Provider.Service(SandboxNames.GetVehicles).Allowed.Clear();
        XDocument answer = XDocument.Parse(await world.CallAsync(Soap.Request(Soap.Headers(Soap.Service(code, null)), $"<xrd:{code}/>")));
        XElement list = answer.Descendants(Soap.Xrd + (code + "Response")).ShouldHaveSingleItem();
        list.Elements(Soap.Xrd + "service").Count().ShouldBe(count);
        answer.Descendants(Soap.Xrd + "requestHash").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task GetWsdl_KnownService_ComesAsAttachmentWithReplacedAddress()
    {
        await using World world = await World.StartAsync(new SecurityServerPairOptions { Contracts = Contracts });
        using HttpResponseMessage response = await world.PostAsync(Soap.Request(
            Soap.Headers(Soap.Service("getWsdl", null)),
            "<xrd:getWsdl><xrd:serviceCode>getPerson</xrd:serviceCode><xrd:serviceVersion>v1</xrd:serviceVersion></xrd:getWsdl>"));
        response.Content.Headers.ContentType!.MediaType.ShouldBe("multipart/related");
        string text = await response.Content.ReadAsStringAsync();
        text.ShouldContain("getWsdlResponse");
        text.ShouldContain("location=\"http://example.org/xroad-endpoint\"");
        string wsdl = text[text.LastIndexOf("<?xml", StringComparison.Ordinal)..text.LastIndexOf("\r\n--", StringComparison.Ordinal)];
        XDocument.Parse(wsdl).Root!.Name.LocalName.ShouldBe("definitions");
    }

    [Fact]
    public async Task GetWsdl_UnknownService_IsRefused()
    {
        await using World world = await World.StartAsync(new SecurityServerPairOptions { Contracts = Contracts });
        string ask = Soap.Request(Soap.Headers(Soap.Service("getWsdl", null)), "<xrd:getWsdl><xrd:serviceCode>none</xrd:serviceCode></xrd:getWsdl>");
        Soap.FaultCode(await world.CallAsync(ask)).ShouldBe("server.serverproxy.unknown_service");
        Soap.FaultCode(await world.CallAsync(ask.Replace("none", "", StringComparison.Ordinal))).ShouldBe("server.serverproxy.invalid_request");
    }

    [Fact]
    public async Task RestMethods_Listed_NameTheirEndpoints()
    {
        await using World world = await World.StartAsync();
        world.Http.DefaultRequestHeaders.Add("X-Road-Client", SandboxNames.Consumer);
        var address = new Uri(world.Pair.Consumer.Address, "r1/sandbox/GOV/70009001/registry/");
        using JsonDocument list = JsonDocument.Parse(await world.Http.GetStringAsync(new Uri(address, "listMethods")));
        JsonElement service = list.RootElement.GetProperty("service").EnumerateArray().ShouldHaveSingleItem();
        service.GetProperty("service_code").GetString().ShouldBe("persons");
        service.GetProperty("service_type").GetString().ShouldBe("REST");
        service.GetProperty("endpoint_list")[0].GetProperty("path").GetString().ShouldBe("/**");
        world.Pair.Provider.Service(SecurityServerPair.RestService).Allowed.Clear();
        using JsonDocument allowed = JsonDocument.Parse(await world.Http.GetStringAsync(new Uri(address, "allowedMethods")));
        allowed.RootElement.GetProperty("service").GetArrayLength().ShouldBe(0);
        using HttpResponseMessage openApi = await world.Http.GetAsync(new Uri(address, "getOpenAPI?serviceCode=persons"));
        openApi.Headers.GetValues("X-Road-Error").ShouldBe(["server.serverproxy.internal_error"]);
    }
}
