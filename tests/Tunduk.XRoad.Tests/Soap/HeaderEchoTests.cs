using System.Security.Cryptography;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.XRoad.Tests.Soap;

public sealed class HeaderEchoTests
{
    [Fact]
    public void Compare_EachComparedHeader_IsMissedWhenItDiffers()
    {
        SoapHeaders request = SoapSample.Headers();
        RepresentedParty.TryParse("1", out RepresentedParty party, out _).ShouldBeTrue();
        Dictionary<string, SoapHeaders> changed = new()
        {
            ["client"] = request with { Client = ClientId.Parse("a/b/c") },
            ["service"] = request with { Service = null },
            ["userId"] = request with { UserId = "other" },
            ["representedParty"] = request with { RepresentedParty = party },
            ["issue"] = request with { Issue = null },
            ["id"] = request with { Id = "other" },
        };
        foreach ((string name, SoapHeaders response) in changed)
        {
            ProtocolFault fault = HeaderEcho.Compare(request, response);
            fault.Path.ShouldBe("Header/" + name);
            fault.XRoadCode.ShouldBe(XRoadFaultCode.InconsistentResponse);
        }
    }

    [Fact]
    public void Compare_ProtocolVersionAndSecurityServer_AreNotCompared()
    {
        SoapHeaders request = SoapSample.Headers() with { SecurityServer = SecurityServerId.Parse("a/b/c/d") };
        HeaderEcho.Compare(request, request with { SecurityServer = null, ProtocolVersion = "4.1" }).IsNone.ShouldBeTrue();
    }

    [Fact]
    public void CompareHash_MissingOtherAlgorithmOrOtherBytes_IsRefused()
    {
        byte[] sent = SoapSample.Bytes(SoapSample.Request());
        byte[] digest = SHA512.HashData(sent);
        SoapHeaders response = SoapSample.Headers();

        HeaderEcho.CompareHash(response with { RequestHash = RequestHash.Compute(sent) }, digest).IsNone.ShouldBeTrue();
        HeaderEcho.CompareHash(response, digest).Reason.ShouldBe("request-hash-missing");
        HeaderEcho.CompareHash(response with { RequestHash = RequestHash.Compute(sent) with { AlgorithmId = "http://www.w3.org/2001/04/xmlenc#sha256" } }, digest).Reason.ShouldBe("request-hash-algorithm");
        HeaderEcho.CompareHash(response with { RequestHash = RequestHash.Compute([0xEF, 0xBB, 0xBF, .. sent]) }, digest).Reason.ShouldBe("request-hash-differs");
        HeaderEcho.CompareHash(response with { RequestHash = new RequestHash("!", RequestHash.Sha512) }, digest).Reason.ShouldBe("request-hash-differs");
        HeaderEcho.CompareHash(response with { RequestHash = new RequestHash("", RequestHash.Sha512) }, digest).Reason.ShouldBe("request-hash-differs");
    }
}
