using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>One simulated security server.</summary>
internal sealed class SecurityServerOptions
{
    /// <summary><c>instance/class/code/server</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Port for its clients over HTTP. Default 0: any free one.</summary>
    public int Port { get; init; }

    /// <summary>Port for its clients over HTTPS (0: any free one); null: no HTTPS. Needs <see cref="InternalCertificate"/>.</summary>
    public int? HttpsPort { get; init; }

    /// <summary>The server's internal TLS certificate: shown to clients, and offered to https services as client certificate.</summary>
    public X509Certificate2? InternalCertificate { get; init; }

    public IList<ClientRegistration> Clients { get; init; } = [];

    public IList<ServiceRegistration> Services { get; init; } = [];

    /// <summary>Default: as servers from 7.8 on.</summary>
    public FaultSpelling FaultSpelling { get; set; } = FaultSpelling.Current;

    /// <summary>The largest REST body or attachment that is logged, and so accepted. Bytes; default 10 MiB; 0: no limit, bodies are streamed.</summary>
    public long MaxLoggableBody { get; set; } = 10 * 1024 * 1024;

    /// <summary>File that gets one line for every message id the server took from its clients; null: none.</summary>
    public string? ReceivedJournal { get; init; }

    /// <summary>File that gets one line for every message id the server handed to a service; null: none.</summary>
    public string? ForwardedJournal { get; init; }
}
