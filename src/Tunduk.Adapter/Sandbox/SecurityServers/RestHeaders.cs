namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>The header rules of the REST protocol (PR-REST §4.4).</summary>
internal static class RestHeaders
{
    public const string Client = "X-Road-Client";
    public const string Id = "X-Road-Id";
    public const string UserId = "X-Road-UserId";
    public const string Issue = "X-Road-Issue";
    public const string Service = "X-Road-Service";
    public const string SecurityServer = "X-Road-Security-Server";
    public const string RepresentedParty = "X-Road-Represented-Party";
    public const string RequestId = "X-Road-Request-Id";
    public const string RequestHash = "X-Road-Request-Hash";
    public const string Error = "X-Road-Error";

    // Hop-by-hop headers and those that servers set themselves: dropped in both directions.
    private static readonly HashSet<string> Dropped = new(StringComparer.OrdinalIgnoreCase)
    {
        "transfer-encoding", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "upgrade",
        "connection", "user-agent", "host", "content-length", "server", "expect",
    };

    public static bool Crosses(string name) => !Dropped.Contains(name);

    /// <summary>The parts of an identifier, each percent-encoded.</summary>
    public static string Escape(ServedId service) => $"{Escape(service.Provider)}/{Uri.EscapeDataString(service.ServiceCode)}";

    public static string Escape(ParticipantId participant) =>
        string.Join('/', participant.ToString().Split('/').Select(Uri.EscapeDataString));
}
