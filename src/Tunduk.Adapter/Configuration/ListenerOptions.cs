namespace Tunduk.Adapter.Configuration;

/// <summary>One listener.</summary>
public sealed class ListenerOptions
{
    /// <summary>Scheme, IP address and port, for example <c>https://10.0.0.5:8443</c>; port 0 takes a free one. Empty switches the listener off.</summary>
    public string Address { get; set; } = "";

    /// <summary>PEM file of the listener's certificate chain, or a PKCS#12 file that holds the key too; needed for https.</summary>
    public string? Certificate { get; set; }

    /// <summary>PEM file of the certificate's private key, readable by the owner only. Not used with PKCS#12.</summary>
    public string? CertificateKey { get; set; }

    /// <summary>File whose first line is the password of the key or of the PKCS#12 file.</summary>
    public string? CertificatePasswordFile { get; set; }

    /// <summary>
    /// SHA-256 thumbprints (hex) of client certificates this listener accepts; a list, for overlap. Empty asks for no
    /// client certificate.
    /// </summary>
    public List<string> ClientCertificates { get; set; } = [];

    /// <summary>
    /// Of <c>Listen:Is</c> alone: callers known by their address. Default none: the address a call comes from says nothing.
    /// </summary>
    public List<TrustedNetworkOptions> TrustedPlainHttp { get; set; } = [];

    /// <summary>Values of the <c>Host</c> header accepted, beside loopback names and the listener's own address.</summary>
    public List<string> AllowedHosts { get; set; } = [];
}
