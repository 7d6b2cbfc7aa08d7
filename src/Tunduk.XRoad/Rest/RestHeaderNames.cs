using System.Collections.Frozen;

namespace Tunduk.XRoad.Rest;

/// <summary>The header names of PR-REST 4.3 and the lists by which security servers drop headers.</summary>
public static class RestHeaderNames
{
    public const string Client = "X-Road-Client";
    public const string Id = "X-Road-Id";
    public const string UserId = "X-Road-UserId";
    public const string Issue = "X-Road-Issue";
    public const string SecurityServer = "X-Road-Security-Server";
    public const string RepresentedParty = "X-Road-Represented-Party";
    public const string Service = "X-Road-Service";
    public const string RequestId = "X-Road-Request-Id";
    public const string RequestHash = "X-Road-Request-Hash";
    public const string Error = "X-Road-Error";

    private static readonly FrozenSet<string> s_dropped = FrozenSet.ToFrozenSet(
        [
            "transfer-encoding", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "upgrade",
            "connection", "user-agent", "host", "content-length", "server", "expect",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> s_setByServers = FrozenSet.ToFrozenSet(
        [Id, Client, Service, RequestId, RequestHash],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Headers a security server drops in both directions; everything else passes.</summary>
    public static bool IsDropped(string name) => s_dropped.Contains(name);

    /// <summary>Request headers that are discarded although they look like X-Road's: the servers make their own.</summary>
    public static bool IsDiscardedInRequest(string name) =>
        name.Equals(RequestId, StringComparison.OrdinalIgnoreCase) || name.Equals(RequestHash, StringComparison.OrdinalIgnoreCase);

    /// <summary>Response headers that the provider's security server sets over whatever the information system sent.</summary>
    public static bool IsSetByProviderSecurityServer(string name) => s_setByServers.Contains(name);

    /// <summary>Whether a request header reaches the provider's information system.</summary>
    public static bool PassesInRequest(string name) => !IsDropped(name) && !IsDiscardedInRequest(name);

    /// <summary>Whether a response header of the provider's information system reaches the consumer's.</summary>
    public static bool PassesInResponse(string name) => !IsDropped(name) && !IsSetByProviderSecurityServer(name);
}
