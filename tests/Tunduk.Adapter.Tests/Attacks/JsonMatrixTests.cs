using System.Text;
using System.Text.RegularExpressions;
using Tunduk.Adapter.Sandbox.Register;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Attacks;

/// <summary>
/// The same where an information system speaks JSON by a contract: its answers at the provider's adapter, and what a counterparty's
/// answers become for it at the consumer's. <c>SECRET</c> reaches nobody in any form; <c>LISTED</c> arrives, or the answer is refused.
/// </summary>
public sealed partial class JsonMatrixTests(MatrixWorld matrix) : IClassFixture<MatrixWorld>
{
    private const string Json = "Content-Type: application/json\r\n";
    private const string Xsi = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";

    /// <summary>Name: how an answer of the information system is changed, its headers and status, and whether what is listed arrives.</summary>
    private static readonly Dictionary<string, (Func<string, string> Change, string Headers, string Status, bool Arrives)> Provided = new(StringComparer.Ordinal)
    {
        ["as-it-is"] = (text => text, Json, "200 OK", true),
        ["reason-and-headers"] = (text => text, Json + "X-Photo: SECRET\r\nSet-Cookie: a=SECRET\r\nServer: SECRET\r\nContent-Language: SECRET\r\nX-Road-Photo: SECRET\r\n", "200 SECRET", true),
        ["type-with-parameters"] = (text => text, "Content-Type: application/json; profile=SECRET\r\n", "200 OK", true),
        ["unknown-name"] = (text => Into(text, "\"salary\":\"SECRET\""), Json, "200 OK", true),
        ["name-in-another-case"] = (text => Into(text, "\"SURNAME\":\"SECRET\""), Json, "200 OK", true),
        ["name-twice"] = (text => Into(text, "\"maritalStatus\":\"SECRET\""), Json, "200 OK", false),
        ["name-twice-by-escape"] = (text => Into(text, "\"\\u006daritalStatus\":\"SECRET\""), Json, "200 OK", false),
        ["attribute"] = (text => Into(text, "\"@photo\":\"SECRET\""), Json, "200 OK", true),
        ["text-of-the-element"] = (text => Into(text, "\"$\":\"SECRET\""), Json, "200 OK", true),
        ["type-of-the-element"] = (text => Into(text, "\"$type\":\"SECRET\""), Json, "200 OK", false),
        ["content-of-the-element"] = (text => Into(text, "\"$content\":[\"SECRET\"]"), Json, "200 OK", false),
        ["credential-in-the-echo"] = (text => text.Replace("\"request\":{", "\"request\":{\"clientid\":\"SECRET\",", StringComparison.Ordinal), Json, "200 OK", true),
        ["beside-the-answer"] = (text => "{\"photo\":\"SECRET\"," + text[1..], Json, "200 OK", true),
        ["document-behind"] = (text => text + "{\"photo\":\"SECRET\"}", Json, "200 OK", false),
        ["half-a-surrogate"] = (text => text.Replace("LISTED", "\\ud800SECRET", StringComparison.Ordinal), Json, "200 OK", false),
        ["nul"] = (text => text.Replace("LISTED", "\\u0000SECRET", StringComparison.Ordinal), Json, "200 OK", false),
        ["mark"] = (text => "\u00EF\u00BB\u00BF" + Into(text, "\"salary\":\"SECRET\""), Json, "200 OK", false),
        ["utf16"] = (text => Encoding.Latin1.GetString(Encoding.Unicode.GetBytes(text)), "Content-Type: application/json; charset=utf-16\r\n", "200 OK", false),
        ["packed"] = (_ => "SECRET", Json + "Content-Encoding: gzip\r\n", "200 OK", false),
        ["not-json"] = (_ => "<p>SECRET</p>", "Content-Type: text/html\r\n", "200 OK", false),
        ["error"] = (_ => """{"type":"SECRET","message":"SECRET","detail":"SECRET"}""", Json, "500 SECRET", false),
        ["error-of-the-client"] = (_ => """{"title":"SECRET"}""", "Content-Type: application/problem+json\r\n", "404 SECRET", false),
        ["redirect"] = (text => text, Json + "Location: /SECRET\r\n", "302 SECRET", false),
    };

    /// <summary>Name: what stands in a counterparty's answer beside its fields, and whether what is listed arrives.</summary>
    private static readonly Dictionary<string, (string More, bool Arrives)> Asked = new(StringComparer.Ordinal)
    {
        ["of-the-contract"] = ("<p:maritalStatus>SECRET</p:maritalStatus>", true),
        ["cdata"] = ("<p:maritalStatus>SEC<![CDATA[RET]]></p:maritalStatus>", true),
        ["character-references"] = ("<p:maritalStatus>&#83;&#69;&#67;&#82;&#69;&#84;</p:maritalStatus>", true),
        ["comment"] = ("<!--SECRET-->", true),
        ["unknown"] = ("<p:salary>SECRET</p:salary>", false),
        ["attribute"] = ("<p:maritalStatus photo=\"SECRET\">single</p:maritalStatus>", false),
        ["attribute-of-the-protocol"] = ($"<p:maritalStatus {Xsi} xsi:schemaLocation=\"urn:a SECRET\" xml:lang=\"SECRET\">single</p:maritalStatus>", false),

        // Names are told to whoever asked (ARCHITECTURE "Listeners"): the namespace is the name's.
        ["other-namespace"] = ("<e:maritalStatus xmlns:e=\"urn:e\">SECRET</e:maritalStatus>", false),
        ["type-substitution"] = ($"<p:maritalStatus {Xsi} xsi:type=\"p:Secret\">SECRET</p:maritalStatus>", false),
        ["nil-with-content"] = ($"<p:maritalStatus {Xsi} xsi:nil=\"true\">SECRET</p:maritalStatus>", false),
        ["twice"] = ("<p:maritalStatus>SECRET</p:maritalStatus><p:maritalStatus>SECRET</p:maritalStatus>", false),
        ["text-beside-elements"] = ("SECRET", false),
        ["include"] = ("<p:maritalStatus><x:Include xmlns:x=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:SECRET\"/></p:maritalStatus>", false),
    };

    public static TheoryData<string> ProvidedNames => [.. Provided.Keys];

    public static TheoryData<string> AskedNames => [.. Asked.Keys];

    [Theory]
    [MemberData(nameof(ProvidedNames))]
    public async Task Answer_TrickOfTheInformationSystem_NothingUnlistedLeaves(string name)
    {
        var (change, headers, status, arrives) = Provided[name];
        var body = RawNeighbour.Utf8(change(Person()));
        matrix.Upstream.Answer = _ => $"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {body.Length}\r\n{headers}\r\n{body}";

        var reply = await matrix.SoapAsync(consumer: false, Envelopes.UnsignedText());

        MatrixWorld.Clean(reply, name);
        reply.Contains("LISTED", StringComparison.Ordinal).ShouldBe(arrives, reply);
    }

    [Theory]
    [MemberData(nameof(AskedNames))]
    public async Task Ask_TrickOfTheCounterparty_NothingUnlistedIsShown(string name)
    {
        var (more, arrives) = Asked[name];
        matrix.SecurityServer.Answer = request => MatrixWorld.Http(MatrixWorld.Answer(request, Envelopes.GetPersonResponse(more).Replace($"surname>{TestPersons.Somebody.Surname}<", "surname>LISTED<", StringComparison.Ordinal)), headers: "X-Photo: SECRET\r\nSet-Cookie: a=SECRET\r\n");

        var reply = await matrix.JsonAsync(TestPersons.Request);

        MatrixWorld.Clean(reply, name);
        reply.Contains("LISTED", StringComparison.Ordinal).ShouldBe(arrives, reply);
    }

    // The register's own answer, with values that are told apart: the surname is listed, the marital status is not.
    private static string Person()
    {
        var text = Encoding.UTF8.GetString(RegisterJson.WithEcho(TestPersons.Somebody.Pin, RegisterJson.Person(TestPersons.Somebody)));
        text = Surname().Replace(text, "\"surname\":\"LISTED\"");
        var changed = MaritalStatus().Replace(text, "\"maritalStatus\":\"SECRET\"");
        changed.ShouldNotBe(text);
        return changed;
    }

    private static string Into(string text, string member)
    {
        var changed = text.Replace("\"response\":{", "\"response\":{" + member + ",", StringComparison.Ordinal);
        changed.ShouldNotBe(text);
        return changed;
    }

    [GeneratedRegex("\"surname\":\"[^\"]*\"")]
    private static partial Regex Surname();

    [GeneratedRegex("\"maritalStatus\":\"[^\"]*\"")]
    private static partial Regex MaritalStatus();
}
