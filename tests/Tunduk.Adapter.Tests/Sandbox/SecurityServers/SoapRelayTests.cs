using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace Tunduk.Adapter.Tests.Sandbox.SecurityServers;

public sealed class SoapRelayTests
{
    [Fact]
    public async Task Request_Forwarded_BytesArePreserved()
    {
        await using World world = await World.StartAsync();
        string request = "<?xml version='1.0'  encoding='UTF-8'?><!-- c --><?pi x?>\r\n" + Soap.Request() + "\n";
        byte[] bytes = [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(request)];
        using HttpResponseMessage response = await world.PostAsync(bytes, "text/xml");
        world.Provider.Requests.ShouldHaveSingleItem().Body.ShouldBe(bytes);
    }

    [Fact]
    public async Task Request_Forwarded_OnlyContentTypeAndSoapActionPass()
    {
        await using World world = await World.StartAsync();
        world.Http.DefaultRequestHeaders.Add("X-Own", "1");
        world.Http.DefaultRequestHeaders.Add("Authorization", "Basic eDp5");
        world.Http.DefaultRequestHeaders.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        using HttpResponseMessage response = await world.PostAsync(Soap.Request(), "text/xml; charset=windows-1251", "\"urn:get\"");
        ProviderDouble.Received received = world.Provider.Requests.ShouldHaveSingleItem();
        received.Headers.Keys.ShouldBe(
            ["Host", "Content-Type", "Transfer-Encoding", "SOAPAction", "Accept-Encoding"], ignoreOrder: true);
        received.Headers["Content-Type"].ShouldBe("text/xml;charset=UTF-8");
        received.Headers["SOAPAction"].ShouldBe("\"urn:get\"");
        received.Headers["Accept-Encoding"].ShouldBe("");
        received.Target.ShouldBe("/soap");
    }

    [Fact]
    public async Task Response_Relayed_CarriesHashOfRawRequestAfterId()
    {
        await using World world = await World.StartAsync();
        byte[] bytes = Encoding.UTF8.GetBytes(Soap.Request());
        using HttpResponseMessage response = await world.PostAsync(bytes, "text/xml");
        response.Content.Headers.NonValidated["Content-Type"].ToString().ShouldBe("text/xml;charset=UTF-8");
        XDocument answer = XDocument.Parse(await response.Content.ReadAsStringAsync());
        XElement hash = answer.Descendants(Soap.Xrd + "requestHash").ShouldHaveSingleItem();
        hash.Value.ShouldBe(Convert.ToBase64String(SHA512.HashData(bytes)));
        hash.Attribute("algorithmId")!.Value.ShouldBe("http://www.w3.org/2001/04/xmlenc#sha512");
        ((XElement)hash.PreviousNode!).Name.ShouldBe(Soap.Xrd + "id");
    }
}
