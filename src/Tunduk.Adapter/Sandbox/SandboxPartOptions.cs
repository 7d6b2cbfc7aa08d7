using Tunduk.Adapter.Sandbox.SecurityServers;

namespace Tunduk.Adapter.Sandbox;

/// <summary>What a part of the sandbox needs when it runs as a process of its own.</summary>
internal sealed record SandboxPartOptions
{
    /// <summary>Folder of the part: keys (authority), journals (the others). Created if it is missing.</summary>
    public required string DataFolder { get; init; }

    /// <summary>First port; 0 (default): any free ones. The security servers use three: consumer, provider, control.</summary>
    public int Port { get; init; }

    /// <summary>For the security servers: where the provider's adapter takes SOAP.</summary>
    public Uri? ProviderSoap { get; init; }

    /// <summary>For the security servers: where the provider's adapter takes REST.</summary>
    public Uri? ProviderRest { get; init; }

    /// <summary>For the security servers. Default: as servers from 7.8 on.</summary>
    public FaultSpelling FaultSpelling { get; init; } = FaultSpelling.Current;

    /// <summary>For the security servers. Bytes; default 10 MiB; 0: no limit, bodies are streamed.</summary>
    public long MaxLoggableBody { get; init; } = 10 * 1024 * 1024;

    /// <summary>For the security servers: folder with the WSDL files that getWsdl hands out; null: none.</summary>
    public string? Contracts { get; init; }
}
