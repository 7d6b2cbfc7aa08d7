using System.Text;
using System.Xml.Linq;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>
/// Services without a contract whose XML mixes namespaces or names its elements otherwise than by the service's code: security
/// servers pass them, the adapter passes what the agreement lists under <c>xml</c>, since both are texts a sender could choose.
/// </summary>
public sealed class MixedNamespaceTests(MixedNamespaceTests.Fixture fixture) : IClassFixture<MixedNamespaceTests.Fixture>, IDisposable
{
    private const string Types = "http://lookup.sandbox.x-road.example/types";
    private const string Producer = DropInWorld.LookupNamespace;

    public void Dispose() => fixture.Upstream.Reset();

    [Theory]
    [InlineData(Producer, Types)]
    [InlineData(Types, Producer)]
    [InlineData(Producer, "")]
    public async Task Post_ListedNamespaces_CrossBothWays(string element, string fields)
    {
        fixture.Upstream.Soap = Answer("lookupResponse", element == Types ? Producer : Types, $"<f:surname xmlns:f=\"{Types}\">Invented</f:surname><x:items xmlns:x=\"{Producer}\"><item xmlns=\"\">1</item></x:items>");

        var reply = await fixture.PostAsync($"<o:lookup xmlns:o=\"{element}\"><pin xmlns=\"{fields}\">17</pin></o:lookup>");

        reply.Fault.ShouldBeNull(reply.Text);
        var asked = XDocument.Parse(fixture.Upstream.Calls.Last().Text).Descendants(XName.Get("pin", fields)).ShouldHaveSingleItem();
        asked.Value.ShouldBe("17");
        asked.Parent!.Name.ShouldBe(XName.Get("lookup", element));
        reply.BodyChild!.Descendants().Select(child => child.Name).ShouldBe([XName.Get("surname", Types), XName.Get("items", Producer), XName.Get("item", "")]);
    }

    [Fact]
    public async Task Post_NamespaceThatNobodyListed_NeitherItsNamesNorItsTextCross()
    {
        fixture.Upstream.Soap = Answer("lookupResponse", Producer, "<s:surname xmlns:s=\"urn:SMUGGLED\">hidden-1</s:surname>");

        var reply = await fixture.PostAsync($"<o:lookup xmlns:o=\"{Producer}\"><o:pin>17</o:pin><s:note xmlns:s=\"urn:SMUGGLED\">hidden-2</s:note></o:lookup>");

        reply.Fault.ShouldBeNull(reply.Text);
        reply.Text.ShouldNotContain("SMUGGLED");
        reply.Text.ShouldNotContain("hidden");
        fixture.Upstream.Calls.Last().Text.ShouldNotContain("SMUGGLED");
    }

    [Fact]
    public async Task Post_ElementInANamespaceThatNobodyListed_IsRefusedAndNotSent()
    {
        var calls = fixture.Upstream.Calls.Count;

        var reply = await fixture.PostAsync("<o:lookup xmlns:o=\"urn:SMUGGLED\"><o:pin>17</o:pin></o:lookup>");

        reply.FaultCode.ShouldBe("adapter.field_not_listed", reply.Text);
        fixture.Upstream.Calls.Count.ShouldBe(calls);
    }

    [Fact]
    public async Task Post_AnswerInANamespaceThatNobodyListed_IsRefusedBeforeItIsSigned()
    {
        fixture.Upstream.Soap = Answer("lookupResponse", "urn:SMUGGLED", "<surname>A</surname>");

        var reply = await fixture.PostAsync(Lookup("lookup"));

        reply.FaultCode.ShouldBe("adapter.executed_not_archived", "the information system has answered, and the caller must not send again: " + reply.Text);
        reply.Text.ShouldNotContain("SMUGGLED");
    }

    // PR-MESS 2.4 names the answer's element; security servers pass what begins with the service's code, and know an answer by its end.
    [Theory]
    [InlineData("lookup", "lookupResponse", null)]
    [InlineData("lookupRequest", "lookupResponse", null)]
    [InlineData("lookupV2", "lookupV2Response", null)]
    [InlineData("lookup", "lookupV3Response", "information_system_broken")]
    [InlineData("lookup", "lookupV2", "information_system_broken")]
    [InlineData("lookup", "otherResponse", "information_system_broken")]
    [InlineData("lookup", "lookup", "information_system_broken")]
    [InlineData("lookupV3", "lookupResponse", "contract_violated")]
    [InlineData("lookupV2Response", "lookupResponse", "soap_malformed")]
    [InlineData("other", "lookupResponse", "soap_malformed")]
    public async Task Post_ElementsOfAServiceWithoutContract_AreThoseOfTheServiceOrListed(string asked, string answered, string? code)
    {
        fixture.Upstream.Soap = Answer(answered, Producer, $"<surname xmlns=\"{Producer}\">A</surname>");

        var reply = await fixture.PostAsync(Lookup(asked));

        reply.FaultCode.ShouldBe(code is null ? null : "adapter." + code, reply.Text);
        reply.IsSigned.ShouldBeFalse("to its client the adapter is a security server");
        if (code is null)
        {
            reply.BodyChild!.Name.LocalName.ShouldBe(answered);
        }
    }

    private static string Lookup(string name) => $"<o:{name} xmlns:o=\"{Producer}\"><o:pin>17</o:pin></o:{name}>";

    private static Func<Microsoft.AspNetCore.Http.HttpContext, byte[], Task> Answer(string name, string space, string content) =>
        UpstreamDouble.Answering(UpstreamDouble.Envelope($"<a:{name} xmlns:a=\"{space}\">{content}</a:{name}>"));

    public sealed class Fixture() : LookupWorld($$"""
        xml: { namespaces: ["{{Producer}}", "{{Types}}"], elements: [lookupV2, lookupV2Response] }
        request: { allow: [pin, note] }
        response: { allow: [surname, items/item], unlisted: remove }
        """)
    {
        internal async Task<SoapReply> PostAsync(string body)
        {
            var envelope = Envelopes.UnsignedText(Envelopes.Headers() with { Service = ServiceId.Parse(DropInWorld.Lookup) }, body);
            return SoapReply.Read((await PostAsync(Encoding.UTF8.GetBytes(envelope), "text/xml; charset=utf-8")) with { ContentType = "text/xml; charset=utf-8" });
        }
    }
}
