namespace Tunduk.Adapter.Configuration;

/// <summary>The own security server, as seen from the adapter.</summary>
public sealed class SecurityServerOptions
{
    /// <summary>Base address for consumer requests, for example <c>https://10.0.0.2:8443/</c>. No default.</summary>
    public string Address { get; set; } = "";

    /// <summary>
    /// Base addresses of further security servers of the same owner, asked in this order when the one before cannot be
    /// reached; only while no byte of the request was written. They share pins and client certificate. Default none.
    /// </summary>
    public List<string> FailOver { get; set; } = [];

    /// <summary>SHA-256 thumbprints (hex) of the server certificates accepted under https. At least one for https.</summary>
    public List<string> ServerCertificates { get; set; } = [];

    /// <summary>
    /// Client certificate registered at the security server ("Internal TLS certificate" of the IS): a PEM file, or a PKCS#12
    /// file that holds the key too (3DES, RC2-40 or AES).
    /// </summary>
    public string? ClientCertificate { get; set; }

    /// <summary>PEM file of that certificate's private key, readable by the owner only. Not used with PKCS#12.</summary>
    public string? ClientCertificateKey { get; set; }

    /// <summary>File whose first line is the password of the key or of the PKCS#12 file.</summary>
    public string? ClientCertificatePasswordFile { get; set; }

    /// <summary>Longest time to connect. Range 0.1–60 s, default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time without a byte in either direction while a request is under way. Range 1 s–1 h, default 60 s.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time of a request in all, fail-over included. Range 1 s–24 h, default 120 s.</summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>Connections kept to each security server; one service uses at most half of them. Range 1–10,000, default 256.</summary>
    public int MaxConnections { get; set; } = 256;

    /// <summary>
    /// Largest body the security server logs; it rejects larger messages, so the adapter refuses them by name before
    /// sending. In bytes of one part, default 10 MiB (X-Road <c>max-loggable-message-body-size</c>); 0 where it logs no bodies.
    /// </summary>
    public long MaxLoggedBody { get; set; } = 10 * 1024 * 1024;
}
