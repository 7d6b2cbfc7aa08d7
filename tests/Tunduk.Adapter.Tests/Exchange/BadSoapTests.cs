using System.Text;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>Issue "main job", paragraph "Bad input": envelopes that are none, hostile ones, and headers that are junk.</summary>
[Collection(EndToEnd.Collection)]
public sealed class BadSoapTests(EndToEnd fixture)
{
    private const string Soap = "http://schemas.xmlsoap.org/soap/envelope/";
    private readonly TestWorld world = fixture.World;

    private static string Good => Envelopes.UnsignedText();

    public static TheoryData<string, string, string> Envelopes_ => new()
    {
        { "empty", "", "soap_malformed" },
        { "no XML", "getPerson", "xml_malformed" },
        { "JSON", TestPersons.Request, "xml_malformed" },
        { "cut off", Good[..(Good.Length / 2)], "xml_malformed" },
        { "cut off in the last tag", Good[..^3], "xml_malformed" },
        { "two roots", Good + "<x/>", "xml_malformed" },
        { "a NUL", Good.Replace(TestPersons.UserId, "KG\u00002000", StringComparison.Ordinal), "xml_malformed" },
        { "a NUL reference", Good.Replace(TestPersons.UserId, "KG&#0;2000", StringComparison.Ordinal), "xml_malformed" },
        { "a lone surrogate reference", Good.Replace(TestPersons.UserId, "KG&#xD800;2000", StringComparison.Ordinal), "xml_malformed" },
        { "an undeclared prefix", Good.Replace("p:getPerson", "q:getPerson", StringComparison.Ordinal), "xml_malformed" },
        { "a duplicate attribute", Good.Replace("<p:getPerson ", "<p:getPerson a=\"1\" a=\"2\" ", StringComparison.Ordinal), "xml_malformed" },
        { "a DOCTYPE", "<!DOCTYPE x>" + Good, "xml_forbidden" },
        { "an external entity", "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" + Good.Replace(TestPersons.UserId, "&e;", StringComparison.Ordinal), "xml_forbidden" },
        { "entities that grow", "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>" + Good.Replace(TestPersons.UserId, "&b;", StringComparison.Ordinal), "xml_forbidden" },
        { "an external DTD", "<!DOCTYPE x SYSTEM \"http://127.0.0.1:9/x.dtd\">" + Good, "xml_forbidden" },
        { "an entity nobody declared", Good.Replace(TestPersons.UserId, "&nobody;", StringComparison.Ordinal), "xml_forbidden|xml_malformed" },
        { "nested 5,000 deep", Good.Replace("<p:request>", string.Concat(Enumerable.Repeat("<p:x>", 5_000)), StringComparison.Ordinal), "xml_forbidden" },
        { "20,000 attributes", Good.Replace("<p:request>", "<p:request " + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"a{i}=\"\" ")) + ">", StringComparison.Ordinal), "xml_forbidden" },
        { "no envelope", "<x/>", "soap_malformed" },
        { "SOAP 1.2", Good.Replace(Soap, "http://www.w3.org/2003/05/soap-envelope", StringComparison.Ordinal), "soap_malformed" },
        { "no body", $"<s:Envelope xmlns:s=\"{Soap}\"><s:Header/></s:Envelope>", "soap_malformed" },
        { "no header", $"<s:Envelope xmlns:s=\"{Soap}\"><s:Body><p:getPerson xmlns:p=\"{Envelopes.Producer}\"/></s:Body></s:Envelope>", "header_missing|soap_malformed" },
        { "an empty body", Envelopes.UnsignedText(body: ""), "soap_malformed" },
        { "text as a body", Envelopes.UnsignedText(body: "21203197000012"), "soap_malformed" },
        { "two children of Body", Envelopes.UnsignedText(body: Envelopes.GetPerson() + Envelopes.GetPerson()), "soap_malformed" },
        { "two bodies", Good.Replace("</soapenv:Envelope>", "<soapenv:Body/></soapenv:Envelope>", StringComparison.Ordinal), "soap_malformed" },
        { "two headers blocks", Good.Replace("<soapenv:Body", "<soapenv:Header/><soapenv:Body", StringComparison.Ordinal), "soap_malformed" },
        { "a body of another service", Envelopes.UnsignedText(body: "<p:deleteEverything xmlns:p=\"urn:x\"/>"), "soap_malformed" },
        { "a fault as a request", Encoding.UTF8.GetString(Envelopes.Fault("soapenv:Client", headers: Envelopes.Headers())), "soap_malformed" },
        { "a response as a request", Envelopes.UnsignedText(body: Envelopes.GetPersonResponse()), "soap_malformed" },
        { "no client", Without("client"), "header_missing" },
        { "no service", Without("service"), "header_missing|soap_malformed" },
        { "no id", Without("id"), "header_missing" },
        { "no protocolVersion", Without("protocolVersion"), "header_missing" },
        { "id twice", Twice("id"), "header_duplicate" },
        { "userId twice", Twice("userId"), "header_duplicate" },
        { "issue twice", Twice("issue"), "header_duplicate" },
        { "client twice", Twice("client"), "header_duplicate" },
        { "service twice", Twice("service"), "header_duplicate" },
        { "protocol version 3", Good.Replace(">4.0<", ">3.1<", StringComparison.Ordinal), "soap_malformed|header_invalid" },
        { "protocol version junk", Good.Replace(">4.0<", ">four<", StringComparison.Ordinal), "soap_malformed|header_invalid" },
        { "an empty member code", Good.Replace(">60009001<", "><", StringComparison.Ordinal), "soap_malformed|header_invalid" },
        { "a member code with a path", Good.Replace(">60009001<", ">../../x<", StringComparison.Ordinal), "soap_malformed|header_invalid" },
        { "elements inside a member code", Good.Replace(">60009001<", "><x/>60009001<", StringComparison.Ordinal), "soap_malformed|header_invalid" },
        { "client that is a service", Good.Replace("\"SUBSYSTEM\"", "\"SERVICE\"", StringComparison.Ordinal), "soap_malformed|header_invalid|header_missing" },
        { "mustUnderstand of a stranger", Good.Replace("</soapenv:Header>", "<x:y xmlns:x=\"urn:x\" soapenv:mustUnderstand=\"1\"/></soapenv:Header>", StringComparison.Ordinal), "soap_malformed|signature_missing" },
    };

    [Theory]
    [MemberData(nameof(Envelopes_))]
    public async Task Answer_BadEnvelope_IsRefusedByNameAndCounted(string name, string envelope, string codes)
    {
        var calls = world.InformationSystem.Calls.Count;
        var reply = await world.PostSoapAsync(Encoding.UTF8.GetBytes(envelope));

        reply.FaultCode.ShouldNotBeNull(name);
        var code = reply.FaultCode!["adapter.".Length..];
        codes.Split('|').ShouldContain(code, $"{name}: {reply.Text}");
        reply.Status.ShouldBe(500);
        TestPersons.ShouldHoldNoValue(reply.Text, name);
        reply.Text.ShouldNotContain("root:");
        world.InformationSystem.Calls.Count.ShouldBe(calls, name);
        var entry = reply.Record is { } record
            ? await TestWorld.EndOfAsync(world.Provider, record)
            : (await world.CountedAsync(world.Provider, code)).Entry;
        entry.Code.ShouldBe(code);
    }

    public static TheoryData<string, string?> ContentTypes => new()
    {
        { "none", null },
        { "JSON", "application/json" },
        { "SOAP 1.2", "application/soap+xml; charset=utf-8" },
        { "text", "text/plain" },
        { "junk", "text/xml; charset" },
    };

    [Theory]
    [MemberData(nameof(ContentTypes))]
    public async Task Answer_WrongContentType_IsRefused(string name, string? contentType)
    {
        var reply = await world.FaultAsync("content_type_unsupported", await Envelopes.SignedAsync(), contentType);

        reply.Status.ShouldBe(500, name);
    }

    [Fact]
    public async Task Answer_CharsetThatIsNotTheBytes_IsRefused()
    {
        var reply = await world.PostSoapAsync(await Envelopes.SignedAsync(), "text/xml; charset=utf-16");

        reply.Status.ShouldBe(500);
        new[] { "adapter.xml_malformed", "adapter.content_type_unsupported", "adapter.soap_malformed" }.ShouldContain(reply.FaultCode);
    }

    [Fact]
    public async Task Answer_LongerThanTheLimit_IsRefused()
    {
        var body = new byte[(10 * 1024 * 1024) + 1];
        Array.Fill(body, (byte)' ');

        await world.FaultAsync("message_too_large", body);
    }

    [Fact]
    public async Task Answer_ConnectionEndsInTheBody_IsCounted()
    {
        await RawHttp.BreakOffAsync(world.Provider.SecurityServerAddress!, "/soap", ["Content-Type: text/xml"], "<Envelope", 1_000);

        var counted = await world.CountedAsync(world.Provider, "request_incomplete");
        counted.Entry.Subject.ShouldBe("securityServer");
    }

    private static string Without(string header) => Cut(header, _ => "");

    private static string Twice(string header) => Cut(header, element => element + element);

    private static string Cut(string header, Func<string, string> replace)
    {
        var good = Good;
        var start = good.IndexOf($"<xrd:{header}", StringComparison.Ordinal);
        start = start < 0 ? good.IndexOf($":{header}", StringComparison.Ordinal) : start;
        start = good.LastIndexOf('<', start);
        var end = good.IndexOf($"{header}>", good.IndexOf($"</", start, StringComparison.Ordinal), StringComparison.Ordinal) + header.Length + 1;
        return good[..start] + replace(good[start..end]) + good[end..];
    }
}
