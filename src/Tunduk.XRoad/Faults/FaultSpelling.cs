namespace Tunduk.XRoad.Faults;

/// <summary>The two spellings of fault codes on the wire.</summary>
public enum FaultSpelling
{
    /// <summary>Security servers from 7.8.0: <c>server.serverproxy.service_failed.missing_body</c>.</summary>
    LowerCase,

    /// <summary>Security servers up to 7.7.1: <c>Server.ServerProxy.ServiceFailed.MissingBody</c>.</summary>
    PascalCase,
}
