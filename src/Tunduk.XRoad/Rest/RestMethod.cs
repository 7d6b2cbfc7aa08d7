using System.Collections.Frozen;
using Tunduk.XRoad.Faults;

namespace Tunduk.XRoad.Rest;

/// <summary>The methods of PR-REST 4.2 and which of them carry a body to the provider.</summary>
public static class RestMethod
{
    private static readonly FrozenSet<string> s_all = FrozenSet.ToFrozenSet(
        ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"], StringComparer.Ordinal);

    public static bool IsKnown(string method) => s_all.Contains(method);

    /// <summary>
    /// Only POST, PUT and PATCH: the provider's security server signs, hashes and logs a body on the others but does not hand it on,
    /// so such a body is refused before it is sent.
    /// </summary>
    public static bool CarriesBody(string method) => method is "POST" or "PUT" or "PATCH";

    /// <summary>Refuses unknown methods, and a body where it would not arrive.</summary>
    public static ProtocolFault Check(string method, bool hasBody) =>
        !IsKnown(method) ? new ProtocolFault("rest-method", XRoadFaultCode.InvalidHttpMethod, "method", Phrases.Of("Rest.DeleteGetHeadOptions"), Phrases.Of("Rest.AnotherMethod"))
        : hasBody && !CarriesBody(method) ? new ProtocolFault("rest-body-not-forwarded", XRoadFaultCode.BadRequest, "body", Phrases.Of("Rest.NoBody", method), Phrases.Of("Rest.BodyProviderWouldNot"))
        : ProtocolFault.None;
}
