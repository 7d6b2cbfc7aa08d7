using Tunduk.Adapter.Tests.Functional;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>Clients of the RPC style: <c>encodingStyle</c> anywhere, <c>xsi:type</c> with the type an element has anyway.</summary>
[Collection(DropInWorld.Collection)]
public sealed class RpcClientTests(DropInWorld fixture)
{
    private const string Encoding = "s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\" xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"";
    private const string Types = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:enc=\"http://schemas.xmlsoap.org/soap/encoding/\" xmlns:g=\"" + Envelopes.Producer + "\"";
    private readonly DropInWorld drop = fixture;

    [Theory]
    [InlineData("", null)]
    [InlineData("xsi:type=\"g:pin\"", null)]
    [InlineData("xsi:type=\"xsd:string\"", null)]
    [InlineData("xsi:type=\"enc:string\"", null)]
    [InlineData("xsi:type=\"xsd:base64Binary\"", "contract_violated")]
    [InlineData("xsi:type=\"g:getPerson\"", "contract_violated")]
    [InlineData("xsi:type=\"string\"", "contract_violated")]
    public async Task Post_WithAContract_TheElementsOwnTypePassesAndNoOther(string type, string? code)
    {
        var body = $"<g:getPerson {Encoding} {Types}><g:request><g:pin {type}>{TestPersons.Somebody.Pin}</g:pin></g:request></g:getPerson>";
        var reply = await drop.PostAsync(Envelopes.UnsignedText(body: body));

        reply.FaultCode.ShouldBe(code is null ? null : "adapter." + code, reply.Text);
    }

    [Theory]
    [InlineData("<l:pin xsi:type=\"xsd:string\">1</l:pin>", null)]
    [InlineData("<l:pin xsi:type=\"enc:string\">1</l:pin>", null)]
    [InlineData("<l:pin xsi:type=\"g:Secret\">1</l:pin>", "type_substitution")]
    [InlineData("<l:pin xsi:type=\"xsd:string2\">1</l:pin>", "type_substitution")]
    [InlineData("<l:pin xsi:type=\"none:string\">1</l:pin>", "type_substitution")]
    [InlineData("<l:pin xsi:type=\"xsd:string\"><l:note>1</l:note></l:pin>", "type_substitution")]
    public async Task Post_WithoutAContract_BuiltInTypesPassAndOthersDoNot(string field, string? code)
    {
        var envelope = Envelopes.UnsignedText(
            Envelopes.Headers() with { Service = ServiceId.Parse(DropInWorld.Lookup) },
            $"<l:lookup {Encoding} {Types} xmlns:l=\"{DropInWorld.LookupNamespace}\">{field}</l:lookup>");
        var reply = await drop.PostAsync(envelope);

        reply.FaultCode.ShouldBe(code is null ? null : "adapter." + code, reply.Text);
        if (code is null)
        {
            drop.Upstream.Calls.Last().Text.ShouldContain("xsi:type");
            drop.Upstream.Calls.Last().Text.ShouldNotContain("encodingStyle");
        }
    }

    [Theory]
    [InlineData("Запрос №1")]
    [InlineData("\n    6f6f6f6f-1111-4222-8333-444444444444\n  ")]
    public async Task Post_IdOfAnyScriptOrIndented_IsAnsweredAndEchoedAsItWas(string id)
    {
        id = id.Contains('6', StringComparison.Ordinal) ? id.Replace("6f6f6f6f", Guid.NewGuid().ToString("N")[..8], StringComparison.Ordinal) : id + Guid.NewGuid();
        var plain = Envelopes.Headers();
        var reply = await drop.PostAsync(Envelopes.UnsignedText(plain).Replace($">{plain.Id}<", $">{id}<", StringComparison.Ordinal));

        reply.Fault.ShouldBeNull(reply.Text);
        reply.Header("id").ShouldBe(id);
        (await TestWorld.FindAsync(drop.World.Provider, messageId: id.Trim())).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Post_IdNobodyCanSee_IsRefusedByItsPlaceInTheEnvelope()
    {
        var reply = await drop.PostAsync(Envelopes.UnsignedText(Envelopes.Headers("a\u200Bb")));

        reply.FaultCode.ShouldBe("adapter.header_invalid");
        reply.FaultString.ShouldContain("Header/id");
    }

    [Theory]
    [InlineData("koi8-r", 20866)]
    [InlineData("iso-8859-5", 28595)]
    [InlineData("windows-1252", 1252)]
    public async Task Post_OtherCharsetsOfTheField_AreUnderstood(string charset, int page)
    {
        var encoding = System.Text.CodePagesEncodingProvider.Instance.GetEncoding(page)!;
        var headers = Envelopes.Headers() with { Issue = page == 1252 ? "loan-scoring 17é" : "loan-scoring дело 17" };
        var reply = await drop.PostAsync(drop.Adapter, encoding.GetBytes(Envelopes.UnsignedText(headers)), $"text/xml; charset={charset}");

        reply.Fault.ShouldBeNull(reply.Text);
        reply.Header("issue").ShouldBe(headers.Issue);
    }

    [Fact]
    public async Task Post_CharsetNobodyReads_IsNamedWithThoseThatAre()
    {
        var reply = await drop.PostAsync(Envelopes.UnsignedText(), "text/xml; charset=ebcdic");

        reply.FaultCode.ShouldBe("adapter.content_type_unsupported");
        reply.FaultString.ShouldContain("windows-1251");
    }
}
