using Tunduk.XRoad.Faults;

namespace Tunduk.XRoad.Soap;

/// <summary>
/// The comparison of a response's headers with the request's that a consumer's security server makes (PR-MESS 2.2): client, service,
/// userId, representedParty, issue and id must be equal; protocolVersion and securityServer are not compared.
/// </summary>
public static class HeaderEcho
{
    public static ProtocolFault Compare(SoapHeaders request, SoapHeaders response)
    {
        string? differing =
            request.Client != response.Client ? "client"
            : request.Service != response.Service ? "service"
            : request.UserId != response.UserId ? "userId"
            : request.RepresentedParty != response.RepresentedParty ? "representedParty"
            : request.Issue != response.Issue ? "issue"
            : request.Id != response.Id ? "id"
            : null;
        return differing is null
            ? ProtocolFault.None
            : new ProtocolFault("echo-differs", XRoadFaultCode.InconsistentResponse, $"Header/{differing}", Phrases.Of("Soap.RequestValue"), Phrases.Of("Soap.AnotherNone"));
    }

    /// <summary>PR-MESS asks for the request's order too; security servers do not check it, so this is for conformance checks.</summary>
    public static bool SameOrder(SoapHeaders request, SoapHeaders response) =>
        request.Present().Where(n => n != SoapHeaderName.RequestHash)
            .SequenceEqual(response.Present().Where(n => n != SoapHeaderName.RequestHash));

    /// <summary>Checks the hash in a response against the SHA-512 of the raw SOAP part that was sent.</summary>
    public static ProtocolFault CompareHash(SoapHeaders response, ReadOnlySpan<byte> sentSha512)
    {
        if (response.RequestHash is not { } hash)
        {
            return new ProtocolFault("request-hash-missing", XRoadFaultCode.InconsistentResponse, "Header/requestHash", Phrases.Of("Soap.Sha512Request"), Phrases.Of("Soap.None"));
        }

        if (hash.AlgorithmId != RequestHash.Sha512)
        {
            return new ProtocolFault("request-hash-algorithm", XRoadFaultCode.InconsistentResponse, "Header/requestHash/@algorithmId", RequestHash.Sha512, Phrases.Of("Soap.AnotherAlgorithm"));
        }

        return hash.Matches(sentSha512)
            ? ProtocolFault.None
            : new ProtocolFault("request-hash-differs", XRoadFaultCode.InconsistentResponse, "Header/requestHash", Phrases.Of("Soap.Sha512Request"), Phrases.Of("Soap.AnotherDigest"));
    }
}
