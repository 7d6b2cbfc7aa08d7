using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>A subsystem registered on a simulated security server.</summary>
internal sealed class ClientRegistration
{
    /// <summary><c>instance/class/code/subsystem</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The member's name in listClients.</summary>
    public string Name { get; init; } = "";

    /// <summary>Default: plain HTTP.</summary>
    public ClientConnection Connection { get; set; } = ClientConnection.Http;

    /// <summary>
    /// The subsystem's information system certificates: client certificates accepted from it, and server certificates
    /// accepted at its services (pinned by their bytes; no chain, no host name, no dates).
    /// </summary>
    public IList<X509Certificate2> Certificates { get; init; } = [];
}
