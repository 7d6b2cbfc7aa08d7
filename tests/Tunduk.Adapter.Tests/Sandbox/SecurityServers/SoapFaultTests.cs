using System.Net;
using System.Text;
using System.Xml.Linq;
using Shouldly;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Sandbox.SecurityServers;
using Xunit;

namespace Tunduk.Adapter.Tests.Sandbox.SecurityServers;

/// <summary>facts/xroad.md §1: which message gets which code, in the real order.</summary>
public sealed class SoapFaultTests
{
    public static TheoryData<string, string> BadRequests => new()
    {
        { "<!DOCTYPE x><x/>", "client.invalid_soap" },
        { "<x/>", "client.invalid_soap" },
        { "not xml", "client.invalid_soap" },
        { Soap.Request()[..^20], "client.invalid_soap" },
        { "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body><a/></e:Body></e:Envelope>", "client.missing_header" },
        { "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Header/></e:Envelope>", "client.missing_body" },
        { Soap.Request(Soap.Service() + Soap.IdField + Soap.Version), "client.missing_header_field" },
        { Soap.Request(Soap.Client + Soap.IdField + Soap.Version), "client.missing_header_field" },
        { Soap.Request(Soap.Client + Soap.Service() + Soap.Version), "client.missing_header_field" },
        { Soap.Request(Soap.Client + Soap.Service() + Soap.IdField), "client.missing_header_field" },
        { Soap.Request(Soap.Headers() + Soap.IdField), "client.duplicate_header_field" },
        { Soap.Request(Soap.Headers() + Soap.Client), "client.duplicate_header_field" },
        { Soap.Request(Soap.Headers().Replace(" id:objectType=\"SUBSYSTEM\"", "", StringComparison.Ordinal)), "client.invalid_xml" },
        { Soap.Request(Soap.Headers().Replace("id:objectType=\"SUBSYSTEM\"", "objectType=\"SUBSYSTEM\"", StringComparison.Ordinal)), "client.invalid_xml" },
        { Soap.Request(Soap.Headers().Replace("SUBSYSTEM", "CENTRALSERVICE", StringComparison.Ordinal)), "client.invalid_xml" },
        { Soap.Request(Soap.Headers().Replace("SUBSYSTEM", "MEMBER", StringComparison.Ordinal)), "client.invalid_client_identifier" },
        { Soap.Request(Soap.Headers().Replace("4.0", "5.0", StringComparison.Ordinal)), "client.invalid_protocol_version" },
        { Soap.Request(body: ""), "client.invalid_body" },
        { Soap.Request(body: "<p:getPerson/><p:getPerson/>"), "client.invalid_body" },
        { Soap.Request(body: "<p:getPension/>"), "client.inconsistent_headers" },
        { Soap.Request(body: "<soapenv:Fault><faultcode>x</faultcode></soapenv:Fault>"), "client.invalid_message" },
    };

    public static TheoryData<string, string> RefusedRequests => new()
    {
        { Soap.Request(Soap.Headers().Replace("loans", "other", StringComparison.Ordinal)), "server.clientproxy.unknown_member" },
        { Soap.Request(Soap.Headers(Soap.Service(member: "70009009"))), "server.clientproxy.unknown_member" },
        { Soap.Request(Soap.Headers(Soap.Service(version: null))), "server.serverproxy.unknown_service" },
        { Soap.Request(Soap.Headers(Soap.Service("getPersons")), "<p:getPersons/>"), "server.serverproxy.unknown_service" },
        { Soap.Request(Soap.Headers(Soap.Service("persons", null)), "<p:persons/>"), "server.serverproxy.service_type" },
        { Soap.Request(Soap.Headers() + SecurityServer("ss9")), "server.clientproxy.invalid_security_server" },
    };

    [Theory]
    [MemberData(nameof(BadRequests))]
    [MemberData(nameof(RefusedRequests))]
    public async Task Request_NotAsThePaperSaysOrForNobody_GetsItsCode(string request, string code)
    {
        await using World world = await World.StartAsync();
        Soap.FaultCode(await world.CallAsync(request)).ShouldBe(code);
        world.Provider.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("application/json", null, "client.invalid_content_type")]
    [InlineData(null, null, "client.invalid_request")]
    [InlineData("text/xml", "urn:unquoted", "client.invalid_soap_action")]
    [InlineData("text/xml", "\"not a uri\"", "client.invalid_soap_action")]
    [InlineData("multipart/related", null, "client.mime_parsing_failed")]
    public async Task Request_HttpHeadersWrong_GetsItsCode(string? contentType, string? action, string code)
    {
        await using World world = await World.StartAsync();
        using HttpResponseMessage response = await world.PostAsync(Encoding.UTF8.GetBytes(Soap.Request()), contentType, action);
        Soap.FaultCode(await response.Content.ReadAsStringAsync()).ShouldBe(code);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("\"\"")]
    [InlineData("\"urn:x\"")]
    public async Task Request_SoapActionAllowed_IsForwarded(string? action)
    {
        await using World world = await World.StartAsync();
        using HttpResponseMessage response = await world.PostAsync(Soap.Request(), "TEXT/XML", action);
        world.Provider.Requests.ShouldHaveSingleItem().Headers.GetValueOrDefault("SOAPAction").ShouldBe(action);
    }

    [Fact]
    public async Task Request_OtherMethod_GetsItsCode()
    {
        await using World world = await World.StartAsync();
        Soap.FaultCode(await world.Http.GetStringAsync(world.Pair.Consumer.Address)).ShouldBe("client.invalid_http_method");
    }

    [Fact]
    public async Task Fault_OfTheServer_HasTheRealShape()
    {
        await using World world = await World.StartAsync();
        using HttpResponseMessage response = await world.PostAsync("<x/>");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.NonValidated["Content-Type"].ToString().ShouldBe("text/xml;charset=utf-8");
        response.Headers.NonValidated["SOAPAction"].ToString().ShouldBe("");
        XElement fault = XDocument.Parse(await response.Content.ReadAsStringAsync()).Descendants(Soap.Env + "Fault").Single();
        fault.Elements().Select(static element => element.Name.LocalName).ShouldBe(["faultcode", "faultstring", "faultactor", "detail"]);
        fault.Element("faultactor")!.Value.ShouldBe("");
        Guid.TryParse(fault.Element("detail")!.Element("faultDetail")!.Value, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task AccessDenied_ComesBeforeDisabled_AndDisabledBeforeTheCall()
    {
        await using World world = await World.StartAsync();
        ServiceRegistration service = world.Pair.Provider.Service(SandboxNames.GetPerson);
        service.DisabledNotice = "works";
        Soap.FaultCode(await world.CallAsync(Soap.Request())).ShouldBe("server.serverproxy.service_disabled");
        service.Allowed.Clear();
        Soap.FaultCode(await world.CallAsync(Soap.Request())).ShouldBe("server.serverproxy.access_denied");
        world.Provider.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Service_WithoutAddressOrUnreachable_GetsItsCode()
    {
        await using World world = await World.StartAsync();
        ServiceRegistration service = world.Pair.Provider.Service(SandboxNames.GetPerson);
        service.Url = null;
        Soap.FaultCode(await world.CallAsync(Soap.Request())).ShouldBe("server.serverproxy.service_missing_url");
        service.Url = new Uri("http://127.0.0.1:9/");
        Soap.FaultCode(await world.CallAsync(Soap.Request())).ShouldBe("server.serverproxy.service_failed.network_error");
        service.Url = new Uri("http://nowhere.invalid/");
        Soap.FaultCode(await world.CallAsync(Soap.Request())).ShouldBe("server.serverproxy.service_failed.unknown_host");
    }

    [Theory]
    [InlineData(404, "text/xml", "http_error")]
    [InlineData(202, "text/xml", "http_error")]
    [InlineData(200, "text/html", "invalid_content_type")]
    public async Task Provider_HttpAnswerNotAccepted_GetsItsCode(int status, string contentType, string code)
    {
        await using World world = await World.StartAsync();
        world.Provider.Answer = (context, _) => ProviderDouble.WriteAsync(context, Soap.Answer(), contentType, status);
        Soap.FaultCode(await world.CallAsync(Soap.Request())).ShouldBe("server.serverproxy.service_failed." + code);
    }

    [Theory]
    [InlineData("", "invalid_soap")]
    [InlineData("<html/>", "invalid_soap")]
    [InlineData("<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Header/></e:Envelope>", "missing_body")]
    [InlineData("<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body><a/></e:Body></e:Envelope>", "missing_header")]
    public async Task Provider_AnswerNotSoap_GetsItsCode(string answer, string code)
    {
        await using World world = await World.StartAsync();
        world.Provider.Answer = (context, _) => ProviderDouble.WriteAsync(context, answer);
        Soap.FaultCode(await world.CallAsync(Soap.Request())).ShouldBe("server.serverproxy.service_failed." + code);
    }

    [Fact]
    public async Task Provider_AnswersARequest_IsInvalidMessage()
    {
        await using World world = await World.StartAsync();
        world.Provider.Answer = static (context, body) => ProviderDouble.WriteAsync(context, Encoding.UTF8.GetString(body));
        Soap.FaultCode(await world.CallAsync(Soap.Request())).ShouldBe("server.serverproxy.service_failed.invalid_message");
    }

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public async Task Provider_OwnFault_PassesVerbatim(int status)
    {
        const string fault = "<?xml version='1.0'?><S:Envelope xmlns:S='http://schemas.xmlsoap.org/soap/envelope/'><S:Body><?pi?><S:Fault>"
            + "<faultcode>S:Server.Own</faultcode><faultstring>no</faultstring></S:Fault></S:Body></S:Envelope>";
        await using World world = await World.StartAsync();
        world.Provider.Answer = (context, _) => ProviderDouble.WriteAsync(context, fault, status: status);
        using HttpResponseMessage response = await world.PostAsync(Soap.Request());
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).ShouldBe(fault);
    }

    [Theory]
    [InlineData("xrd:userId", "KG-other")]
    [InlineData("xrd:issue", "other")]
    [InlineData("xrd:id", "other")]
    [InlineData("id:subsystemCode", "other")]
    [InlineData("id:serviceVersion", "v2")]
    public async Task Provider_EchoesAnotherValue_IsInconsistentResponse(string element, string value)
    {
        await using World world = await World.StartAsync();
        string headers = System.Text.RegularExpressions.Regex.Replace(Soap.Headers(), $"<{element}>[^<]*<", $"<{element}>{value}<",
            System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
        world.Provider.Answer = (context, _) => ProviderDouble.WriteAsync(context, Soap.Answer(headers));
        Soap.FaultCode(await world.CallAsync(Soap.Request())).ShouldBe("server.clientproxy.service_failed.inconsistent_response");
    }

    [Fact]
    public async Task Provider_EchoesOtherProtocolVersion_IsAccepted()
    {
        await using World world = await World.StartAsync();
        string headers = Soap.Headers().Replace("4.0", "4.1", StringComparison.Ordinal);
        world.Provider.Answer = (context, _) => ProviderDouble.WriteAsync(context, Soap.Answer(headers));
        (await world.CallAsync(Soap.Request())).ShouldNotContain("faultcode");
    }

    [Fact]
    public async Task Provider_RepresentedPartyDropped_IsInconsistentResponse()
    {
        await using World world = await World.StartAsync();
        world.Provider.Answer = static (context, _) => ProviderDouble.WriteAsync(context, Soap.Answer());
        string request = Soap.Request(Soap.Headers() + "<repr:representedParty><repr:partyClass>COM</repr:partyClass><repr:partyCode>1</repr:partyCode></repr:representedParty>");
        Soap.FaultCode(await world.CallAsync(request)).ShouldBe("server.clientproxy.service_failed.inconsistent_response");
    }

    [Fact]
    public async Task Provider_Silent_TimesOutAsIoError()
    {
        await using World world = await World.StartAsync();
        world.Pair.Provider.Service(SandboxNames.GetPerson).Timeout = TimeSpan.FromMilliseconds(80);
        world.Provider.Answer = static (context, _) => SandboxWait.ForeverAsync(context.RequestAborted);
        Soap.FaultCode(await world.CallAsync(Soap.Request())).ShouldBe("server.serverproxy.service_failed.io_error");
    }

    [Fact]
    public async Task Spelling_Legacy_IsTheOldCase()
    {
        await using World world = await World.StartAsync(new SecurityServerPairOptions { FaultSpelling = FaultSpelling.Legacy });
        Soap.FaultCode(await world.CallAsync(Soap.Request(body: ""))).ShouldBe("Client.InvalidBody");
        world.Provider.Answer = static (context, _) => ProviderDouble.WriteAsync(context, "<x/>");
        Soap.FaultCode(await world.CallAsync(Soap.Request())).ShouldBe("Server.ServerProxy.ServiceFailed.InvalidSoap");
    }

    [Theory]
    [InlineData("server.clientproxy.io_error", "Server.ClientProxy.IOError")]
    [InlineData("server.clientproxy.global_conf_outdated", "Server.ClientProxy.OutdatedGlobalConf")]
    [InlineData("server.serverproxy.hsm_non_operational", "Server.ServerProxy.HSMNonOperational")]
    [InlineData("server.serverproxy.service_failed.unknown_host", "Server.ServerProxy.ServiceFailed.NetworkError")]
    [InlineData("server.clientproxy.ssl_authentication_failed", "Server.ClientProxy.SslAuthenticationFailed")]
    [InlineData("server.serverproxy.service_type", "Server.ServerProxy.ServiceType")]
    public void Spell_LegacyCode_IsAsTheOldServersWroteIt(string current, string legacy) =>
        FaultTaxonomy.Spell(current, FaultSpelling.Legacy).ShouldBe(legacy);

    private static string SecurityServer(string code) =>
        "<xrd:securityServer id:objectType=\"SERVER\"><id:xRoadInstance>sandbox</id:xRoadInstance><id:memberClass>GOV</id:memberClass>"
        + $"<id:memberCode>70009001</id:memberCode><id:serverCode>{code}</id:serverCode></xrd:securityServer>";
}
