using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Rest;

namespace Tunduk.XRoad.Tests.Rest;

public sealed class RestHeadersTests
{
    [Fact]
    public void TryRead_EveryHeader_RoundTrips()
    {
        KeyValuePair<string, string>[] headers =
        [
            new("X-Road-Client", "sandbox/COM/60009001/loans"), new("X-Road-Id", "sandbox-1"), new("X-Road-UserId", "KG1"), new("X-Road-Issue", "loan 17"),
            new("X-Road-Security-Server", "sandbox/GOV/70009001/ss1"), new("X-Road-Represented-Party", "COM/60009077"),
        ];
        Read([.. headers, new("Accept", "*/*"), new("accept", "x")], out ProtocolFault fault).ShouldNotBeNull(fault.ToString()).ToHeaders().ShouldBe(headers);
    }

    [Fact]
    public void TryRead_ClientTwice_LastWins() =>
        Read([new("x-road-client", "a/b/c"), new("X-ROAD-CLIENT", "a/b/c/d")], out _)!.Client.ShouldBe(ClientId.Parse("a/b/c/d"));

    public static TheoryData<string, string, XRoadFaultCode> Refused() => new()
    {
        { "X-Road-Client", "", XRoadFaultCode.InvalidClientIdentifier },
        { "X-Road-Client", "a/b", XRoadFaultCode.InvalidClientIdentifier },
        { "X-Road-Client", "a/b/c%2Fd", XRoadFaultCode.InvalidClientIdentifier },
        { "X-Road-Client", "a/b/c%ZZ", XRoadFaultCode.InvalidClientIdentifier },
        { "X-Road-Security-Server", "a/b/c", XRoadFaultCode.BadRequest },
        { "X-Road-Represented-Party", "a/b/c", XRoadFaultCode.BadRequest },
        { "X-Road-Represented-Party", "a%", XRoadFaultCode.BadRequest },
        { "X-Road-Issue", "a\u0001b", XRoadFaultCode.BadRequest },
        { "X-Road-UserId", new string('x', 4001), XRoadFaultCode.BadRequest },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void TryRead_BadValue_IsRefused(string name, string value, XRoadFaultCode code)
    {
        Read([new("X-Road-Client", "a/b/c/d"), new(name, value)], out ProtocolFault fault).ShouldBeNull();
        fault.XRoadCode.ShouldBe(code);
        fault.Path.ShouldStartWith(name);
    }

    [Fact]
    public void TryRead_NoClient_IsRefusedWithTheSecurityServersCode()
    {
        Read([new("X-Road-Id", "1")], out ProtocolFault fault).ShouldBeNull();
        fault.XRoadCode.ShouldBe(XRoadFaultCode.InvalidClientIdentifier);
    }

    [Theory]
    [InlineData("X-Road-Id")]
    [InlineData("X-Road-UserId")]
    [InlineData("X-Road-Issue")]
    [InlineData("X-Road-Security-Server")]
    [InlineData("X-Road-Represented-Party")]
    public void TryRead_OtherHeaderTwice_IsRefused(string name)
    {
        Read([new("X-Road-Client", "a/b/c"), new(name, "a/b/c/d"), new(name.ToLowerInvariant(), "a/b/c/d")], out ProtocolFault fault).ShouldBeNull();
        fault.XRoadCode.ShouldBe(XRoadFaultCode.DuplicateHeaderField);
    }

    [Theory]
    [InlineData("Transfer-Encoding", false, false)]
    [InlineData("Connection", false, false)]
    [InlineData("User-Agent", false, false)]
    [InlineData("Host", false, false)]
    [InlineData("content-length", false, false)]
    [InlineData("EXPECT", false, false)]
    [InlineData("Server", false, false)]
    [InlineData("Authorization", true, true)]
    [InlineData("Cookie", true, true)]
    [InlineData("Accept", true, true)]
    [InlineData("X-Road-Id", true, false)]
    [InlineData("x-road-client", true, false)]
    [InlineData("X-Road-Request-Id", false, false)]
    [InlineData("X-Road-Request-Hash", false, false)]
    [InlineData("X-Road-Service", true, false)]
    [InlineData("X-Road-Issue", true, true)]
    public void Passes_ByTheListsOfASecurityServer(string name, bool request, bool response)
    {
        RestHeaderNames.PassesInRequest(name).ShouldBe(request);
        RestHeaderNames.PassesInResponse(name).ShouldBe(response);
    }

    [Theory]
    [InlineData("POST", true)]
    [InlineData("PUT", true)]
    [InlineData("PATCH", true)]
    [InlineData("GET", false)]
    [InlineData("DELETE", false)]
    [InlineData("HEAD", false)]
    [InlineData("OPTIONS", false)]
    [InlineData("TRACE", false)]
    public void CarriesBody_OnlyThreeMethods(string method, bool carries)
    {
        RestMethod.IsKnown(method).ShouldBeTrue();
        RestMethod.CarriesBody(method).ShouldBe(carries);
        RestMethod.IsKnown("CONNECT").ShouldBeFalse();
        RestMethod.IsKnown("get").ShouldBeFalse();
        RestMethod.Check(method, hasBody: false).IsNone.ShouldBeTrue();
        RestMethod.Check(method, hasBody: true).Reason.ShouldBe(carries ? null : "rest-body-not-forwarded");
        RestMethod.Check("CONNECT", hasBody: false).XRoadCode.ShouldBe(XRoadFaultCode.InvalidHttpMethod);
    }

    [Fact]
    public void NewId_TwoIds_DifferAndAreVersion4()
    {
        string id = RestHeaders.NewId("sandbox");
        id.ShouldStartWith("sandbox-");
        Guid uuid = Guid.Parse(id["sandbox-".Length..]);
        uuid.Version.ShouldBe(4);
        uuid.Variant.ShouldBeInRange(8, 11);
        RestHeaders.NewId("sandbox").ShouldNotBe(id);
    }

    private static RestHeaders? Read(KeyValuePair<string, string>[] headers, out ProtocolFault fault)
    {
        RestHeaders.TryRead(headers, IdentifierRules.Strict, out RestHeaders? result, out fault);
        return result;
    }
}
