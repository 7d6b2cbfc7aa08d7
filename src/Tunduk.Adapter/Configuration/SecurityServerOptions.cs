namespace Tunduk.Adapter.Configuration;

/// <summary>The own security server, as seen from the adapter.</summary>
public sealed class SecurityServerOptions
{
    /// <summary>Base address for consumer requests, for example <c>https://10.0.0.2:8443/</c>. No default.</summary>
    public string Address { get; set; } = "";

    /// <summary>SHA-256 thumbprints (hex) of the server certificates accepted under https. At least one for https.</summary>
    public List<string> ServerCertificates { get; set; } = [];

    /// <summary>PEM file of the client certificate registered at the security server ("Internal TLS certificate" of the IS).</summary>
    public string? ClientCertificate { get; set; }

    /// <summary>PEM file of that certificate's private key.</summary>
    public string? ClientCertificateKey { get; set; }

    /// <summary>Longest time to connect. Range 0.1–60 s, default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time from the first byte sent to the last byte received. Range 1 s–1 h, default 60 s.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Connections kept to the security server. Range 1–10,000, default 256.</summary>
    public int MaxConnections { get; set; } = 256;

    /// <summary>
    /// Largest body the security server logs; it rejects larger messages, so the adapter refuses them by name before
    /// sending. In bytes, default 10 MiB (X-Road <c>max-loggable-message-body-size</c>).
    /// </summary>
    public long MaxLoggedBody { get; set; } = 10 * 1024 * 1024;
}
