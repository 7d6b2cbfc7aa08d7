namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>How the information systems of a subsystem must connect to their security server (UG-SS §9.1).</summary>
internal enum ClientConnection
{
    /// <summary>Plain HTTP is enough.</summary>
    Http,

    /// <summary>HTTPS without a client certificate.</summary>
    HttpsNoAuth,

    /// <summary>HTTPS with one of the registered certificates, compared byte for byte.</summary>
    Https,
}
