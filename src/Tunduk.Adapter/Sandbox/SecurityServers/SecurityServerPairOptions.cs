using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>The two security servers of the sandbox: the provider's and the consumer's.</summary>
internal sealed record SecurityServerPairOptions
{
    /// <summary>Where the journals lie: <c>consumer/received.log</c> and <c>provider/forwarded.log</c>. Null: no journals.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Port of the consumer's server for its clients. Default 0: any free one.</summary>
    public int ConsumerPort { get; init; }

    /// <summary>Port of the provider's server for its clients. Default 0.</summary>
    public int ProviderPort { get; init; }

    /// <summary>Port of the control endpoint, see <see cref="ControlEndpoint"/>. Default 0.</summary>
    public int ControlPort { get; init; }

    /// <summary>HTTPS port of the consumer's server (0: any free one); null: none. Needs <see cref="InternalCertificate"/>.</summary>
    public int? ConsumerHttpsPort { get; init; }

    /// <summary>Where the provider's adapter takes SOAP, as <c>http://127.0.0.1:8090/soap</c>; may be set later.</summary>
    public Uri? ProviderSoap { get; init; }

    /// <summary>Where the provider's adapter takes REST, as <c>http://127.0.0.1:8090/rest/persons</c>; may be set later.</summary>
    public Uri? ProviderRest { get; init; }

    /// <summary>OpenAPI file of the REST service; null: none, and methods are all that its rights name.</summary>
    public string? RestDescription { get; init; }

    /// <summary>Default: as servers from 7.8 on.</summary>
    public FaultSpelling FaultSpelling { get; init; } = FaultSpelling.Current;

    /// <summary>Bytes; default 10 MiB; 0: no limit, attachments and REST bodies are streamed.</summary>
    public long MaxLoggableBody { get; init; } = 10 * 1024 * 1024;

    /// <summary>The servers' internal TLS certificate, with key.</summary>
    public X509Certificate2? InternalCertificate { get; init; }

    /// <summary>How the consumer's information system must connect. Default: plain HTTP.</summary>
    public ClientConnection ConsumerConnection { get; init; } = ClientConnection.Http;

    /// <summary>TLS client certificates of the consumer's information system (its adapter).</summary>
    public IReadOnlyList<X509Certificate2> ConsumerCertificates { get; init; } = [];

    /// <summary>TLS server certificates of the provider's information system (its adapter).</summary>
    public IReadOnlyList<X509Certificate2> ProviderCertificates { get; init; } = [];

    /// <summary>A contract of the user's, all of whose services the provider's server offers; null for none.</summary>
    public SandboxContract? Contract { get; init; }

    /// <summary>Folder with the WSDL files that getWsdl hands out, named as the catalogue names them; null: none.</summary>
    public string? Contracts { get; init; }
}
