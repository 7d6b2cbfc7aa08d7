using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Adapter.Sandbox;

/// <summary>A loopback port of the sandbox (0: any free one), HTTPS when it has a certificate.</summary>
internal sealed record SandboxEndpoint(int Port, X509Certificate2? Certificate = null);
