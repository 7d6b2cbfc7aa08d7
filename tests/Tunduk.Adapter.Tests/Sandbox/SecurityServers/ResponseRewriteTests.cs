using System.Text;
using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace Tunduk.Adapter.Tests.Sandbox.SecurityServers;

/// <summary>facts/xroad.md, trap 3: what the provider's security server does to an answer.</summary>
public sealed class ResponseRewriteTests
{
    [Fact]
    public async Task Response_ProcessingInstructions_AreDropped()
    {
        string answer = await RelayAsync("<?xml version='1.0'?><?before x?>" + Soap.Answer(content: "<?inside y?><p:response/>"));
        answer.ShouldNotContain("before");
        answer.ShouldNotContain("inside");
        answer.ShouldStartWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    }

    [Fact]
    public async Task Response_LineBreakInAttribute_IsWrittenRaw()
    {
        string answer = await RelayAsync(Soap.Answer(content: "<p:response a=\"x&#10;y&#9;z&#13;.\"/>"));
        answer.ShouldContain("a=\"x\ny\tz\r.\"");
    }

    [Fact]
    public async Task Response_CommentsCdataAndCarriageReturns_AreKept()
    {
        string answer = await RelayAsync(Soap.Answer(content: "<!-- note --><p:response><![CDATA[a<b]]> x&#13;y </p:response>"));
        answer.ShouldContain("<!-- note -->");
        answer.ShouldContain("<![CDATA[a<b]]> x&#xD;y ");
    }

    [Fact]
    public async Task Response_EmptyElement_GetsAnEndTag()
    {
        (await RelayAsync(Soap.Answer(content: "<p:response/>"))).ShouldContain("<p:response></p:response>");
    }

    [Fact]
    public async Task Response_ByteOrderMark_IsDropped()
    {
        string answer = await RelayAsync("\uFEFF" + Soap.Answer());
        answer.ShouldStartWith("<?xml");
    }

    [Fact]
    public async Task Response_AttributesOfId_ComeBackOnRequestHash()
    {
        string headers = Soap.Headers().Replace("<xrd:id>", "<xrd:id xmlns:w=\"urn:w\" w:Id=\"id-1\" plain=\"a\">", StringComparison.Ordinal);
        string answer = await RelayAsync(Soap.Answer(headers));
        XElement hash = XDocument.Parse(answer).Descendants(Soap.Xrd + "requestHash").ShouldHaveSingleItem();
        hash.Attribute(XName.Get("Id", "urn:w"))!.Value.ShouldBe("id-1");
        hash.Attribute("plain")!.Value.ShouldBe("a");
        hash.Attribute("algorithmId").ShouldNotBeNull();
    }

    [Fact]
    public async Task Response_ProvidersOwnRequestHash_IsReplaced()
    {
        string answer = await RelayAsync(Soap.Answer("<xrd:requestHash algorithmId=\"x\">Zm9v</xrd:requestHash>" + Soap.Headers()));
        XDocument.Parse(answer).Descendants(Soap.Xrd + "requestHash").ShouldHaveSingleItem().Value.ShouldNotBe("Zm9v");
    }

    [Fact]
    public async Task Response_DefaultNamespacesAndOtherPrefixes_KeepTheirMeaning()
    {
        string own = Soap.Answer().Replace("xmlns:p=\"urn:test:registry\"", "xmlns:p=\"urn:test:registry\" xmlns:q=\"urn:q\"", StringComparison.Ordinal)
            .Replace("<p:response>", "<response xmlns=\"urn:test:registry\" type=\"q:t\"><inner xmlns=\"\"></inner>", StringComparison.Ordinal)
            .Replace("</p:response>", "</response>", StringComparison.Ordinal);
        XElement sent = XDocument.Parse(own).Descendants(XName.Get("response", "urn:test:registry")).Single();
        XElement got = XDocument.Parse(await RelayAsync(own)).Descendants(XName.Get("response", "urn:test:registry")).Single();
        XNode.DeepEquals(sent, got).ShouldBeTrue();
        got.GetNamespaceOfPrefix("q")!.NamespaceName.ShouldBe("urn:q");
    }

    [Fact]
    public async Task Response_Latin1_IsStillAnnouncedAsUtf8()
    {
        await using World world = await World.StartAsync();
        world.Provider.Answer = static (context, _) =>
        {
            context.Response.ContentType = "text/xml; charset=iso-8859-1";
            byte[] answer = Encoding.Latin1.GetBytes("<?xml version='1.0' encoding='iso-8859-1'?>" + Soap.Answer(content: "<p:response>é</p:response>"));
            return context.Response.Body.WriteAsync(answer).AsTask();
        };
        using HttpResponseMessage response = await world.PostAsync(Soap.Request());
        byte[] relayed = await response.Content.ReadAsByteArrayAsync();
        Encoding.Latin1.GetString(relayed).ShouldContain("encoding=\"UTF-8\"?>");
        Encoding.Latin1.GetString(relayed).ShouldContain("<p:response>é</p:response>");
    }

    private static async Task<string> RelayAsync(string answer)
    {
        await using World world = await World.StartAsync();
        world.Provider.Answer = (context, _) => ProviderDouble.WriteAsync(context, answer);
        using HttpResponseMessage response = await world.PostAsync(Soap.Request());
        return Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync());
    }
}
