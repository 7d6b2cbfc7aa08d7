namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>How fault codes are written: X-Road 7.8.0 changed their case without saying so.</summary>
internal enum FaultSpelling
{
    /// <summary>Up to 7.7.1: <c>Server.ServerProxy.ServiceFailed.MissingBody</c>.</summary>
    Legacy,

    /// <summary>From 7.8.0: <c>server.serverproxy.service_failed.missing_body</c>.</summary>
    Current,
}
