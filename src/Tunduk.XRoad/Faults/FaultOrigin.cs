namespace Tunduk.XRoad.Faults;

/// <summary>Who says that something failed, read from the prefix of the fault code (facts of the security server's own code).</summary>
public enum FaultOrigin
{
    /// <summary>No prefix of X-Road: the provider's own information system speaks (or its SOAP stack).</summary>
    ProviderSystem,

    /// <summary><c>client.</c>: what the consumer's information system sent is wrong; nothing left the consumer's security server.</summary>
    ConsumerSystem,

    /// <summary><c>server.clientproxy.</c>: the consumer's security server.</summary>
    ConsumerSecurityServer,

    /// <summary><c>server.clientproxy.service_failed.</c>: the consumer's security server about the answer of the provider's security server.</summary>
    PeerSecurityServerAnswer,

    /// <summary><c>server.serverproxy.</c>: the provider's security server.</summary>
    ProviderSecurityServer,

    /// <summary><c>server.serverproxy.service_failed.</c>: the provider's security server about the provider's information system.</summary>
    ProviderSystemAnswer,

    /// <summary><c>…opmonitor.</c>: the operational monitoring daemon of a security server.</summary>
    OperationalMonitor,

    /// <summary><c>signer.</c>: the key component of a security server.</summary>
    Signer,
}
