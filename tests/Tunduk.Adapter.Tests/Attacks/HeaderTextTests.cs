using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.DropIn;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.Attacks;

/// <summary>
/// Headers that a reader takes and a writer does not (UTF-8, control characters), where the agreement lists the header: refused by name,
/// before anything is done, and nobody else's requests suffer for them.
/// </summary>
public sealed class HeaderTextTests(MatrixWorld matrix) : IClassFixture<MatrixWorld>
{
    private const string Json = "Content-Type: application/json\r\n";

    // More than a circuit needs to open.
    private const int Often = 25;

    /// <summary>What stands in the header, and at whose adapter.</summary>
    public static TheoryData<string, bool> Values
    {
        get
        {
            TheoryData<string, bool> data = [];
            foreach (var value in new[] { RawNeighbour.Utf8("café"), "a\u0001b", "a\u007Fb" })
            {
                data.Add(value, true);
                data.Add(value, false);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Values))]
    public async Task Request_ListedHeaderThatCannotBeWritten_IsRefusedByNameAndRestsNobody(string value, bool consumer)
    {
        AnswerRest("");
        var before = Received(consumer);

        for (var time = 0; time < Often; time++)
        {
            var refused = await matrix.RestAsync(consumer, "GET", "/a", $"X-Agreed: {value}\r\n", "");
            Code(refused, consumer).ShouldBe("adapter.header_invalid", refused);
        }

        Received(consumer).ShouldBe(before);
        (await matrix.RestAsync(consumer, "GET", "/a", "X-Agreed: a b\r\n", "")).ShouldStartWith("HTTP/1.1 200");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Request_ListedActionThatCannotBeWritten_IsRefusedByNameAndRestsNobody(bool consumer)
    {
        const string Answered = $"<l:lookupResponse xmlns:l=\"{DropInWorld.LookupNamespace}\"><l:surname>LISTED</l:surname></l:lookupResponse>";
        matrix.SecurityServer.Answer = request => MatrixWorld.Http(MatrixWorld.Answer(request, Answered));
        matrix.Upstream.Answer = _ => MatrixWorld.Http(UpstreamDouble.Response("<l:surname>LISTED</l:surname>"));
        var before = Received(consumer);

        for (var time = 0; time < Often; time++)
        {
            (await matrix.SoapAsync(consumer, Lookup(), headers: $"SOAPAction: \"{RawNeighbour.Utf8("urn:café")}\"\r\n")).ShouldContain("adapter.header_invalid");
        }

        Received(consumer).ShouldBe(before);
        (await matrix.SoapAsync(consumer, Lookup(), headers: "SOAPAction: \"urn:a\"\r\n")).ShouldContain("LISTED");
    }

    [Theory]
    [MemberData(nameof(Values))]
    public async Task Answer_ListedHeaderThatCannotBeWritten_IsTheAnswerersFault(string value, bool consumer)
    {
        AnswerRest($"X-Agreed: {value}\r\n");

        var reply = await matrix.RestAsync(consumer, "GET", "/a", "", "");

        Code(reply, consumer).ShouldBe(consumer ? "adapter.response_malformed" : "adapter.information_system_broken", reply);
    }

    /// <summary>What the parties agreed to hand over in a header is signed like a field: nobody changes or adds it on the way.</summary>
    [Fact]
    public async Task Both_ListedHeader_IsCoveredByTheSignature()
    {
        AnswerRest("X-Agreed: back, 2\r\n");

        (await matrix.RestAsync(consumer: true, "GET", "/a", "X-Agreed: there  1\r\n", "")).ShouldContain("\r\nX-Agreed: back, 2\r\n");
        var answer = await matrix.RestAsync(consumer: false, "GET", "/a", "", "");

        var sent = matrix.SecurityServer.Received.Last();
        RawNeighbour.Header(sent, "X-Agreed").ShouldBe("there  1");
        RawNeighbour.Header(sent, "signature-input").ShouldContain("\"x-agreed\"");
        RawNeighbour.Header(answer, "X-Agreed").ShouldBe("back, 2");
        RawNeighbour.Header(answer, "signature-input").ShouldContain("\"x-agreed\"");
    }

    [Theory]
    [InlineData("X-Road-UserId")]
    [InlineData("X-Road-Issue")]
    public async Task Request_OwnHeaderThatCannotBeWritten_IsTheCallersMistake(string name)
    {
        AnswerRest("");
        var before = Received(consumer: true);
        var address = matrix.World.Consumer.IsAddress!;
        var headers = new Dictionary<string, string> { ["X-Road-UserId"] = TestPersons.UserId, ["X-Road-Issue"] = TestPersons.Issue };
        headers[name] += RawNeighbour.Utf8(" кредит");

        var reply = await RawNeighbour.SendAsync(address, $"GET /r1/{DropInWorld.Persons}/a HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\nAuthorization: Bearer {matrix.World.Folders.ApiKey}\r\nX-Road-Client: {SandboxNames.Consumer}\r\n{string.Concat(headers.Select(header => $"{header.Key}: {header.Value}\r\n"))}\r\n");

        reply.ShouldStartWith("HTTP/1.1 400");
        Code(reply, consumer: true).ShouldBe("adapter.header_invalid", reply);
        RawNeighbour.BodyOf(reply).ShouldContain(name);
        Received(consumer: true).ShouldBe(before);
    }

    /// <summary>The answer's signature would have to name it: refused before the information system is asked.</summary>
    [Fact]
    public async Task Request_IdThatNoAnswerCanName_IsRefusedBeforeAnythingIsDone()
    {
        AnswerRest("");
        var before = Received(consumer: false);
        var address = matrix.World.Provider.SecurityServerAddress!;

        var reply = await RawNeighbour.SendAsync(address, $"POST /rest/persons/a HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\nX-Road-Id: {RawNeighbour.Utf8("заявка-1")}\r\nX-Road-Client: {SandboxNames.Consumer}\r\nX-Road-UserId: {TestPersons.UserId}\r\nX-Road-Issue: {TestPersons.Issue}\r\nContent-Length: 2\r\n{Json}\r\n{{}}");

        Code(reply, consumer: false).ShouldBe("adapter.header_invalid", reply);
        Received(consumer: false).ShouldBe(before);
    }

    private static string Lookup() => Envelopes.UnsignedText(Envelopes.Headers() with { Service = ServiceId.Parse(DropInWorld.Lookup) }, $"<l:lookup xmlns:l=\"{DropInWorld.LookupNamespace}\"><l:pin>1</l:pin></l:lookup>");

    private static string Code(string reply, bool consumer) => RawNeighbour.Header(reply, consumer ? "X-Road-Error" : "tunduk-refusal");

    private int Received(bool consumer) => (consumer ? matrix.SecurityServer : matrix.Upstream).Received.Count;

    private void AnswerRest(string headers)
    {
        matrix.SecurityServer.Answer = request => MatrixWorld.Http("""{"surname":"A"}""", "application/json", MatrixWorld.Echo(request) + headers);
        matrix.Upstream.Answer = _ => MatrixWorld.Http("""{"surname":"A"}""", "application/json", headers);
    }
}
