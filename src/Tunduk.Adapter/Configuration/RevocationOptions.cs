namespace Tunduk.Adapter.Configuration;

/// <summary>Where the revocation of one authority's certificates is asked, and what happens when nobody answers.</summary>
public sealed class RevocationOptions
{
    /// <summary>PEM file of the authority's certificate that issues. No default.</summary>
    public string Authority { get; set; } = "";

    /// <summary>OCSP addresses (http or https), asked in this order before any list.</summary>
    public List<string> Ocsp { get; set; } = [];

    /// <summary>
    /// Addresses of revocation lists, DER, asked when no responder answers. Where a responder answers that it does not know the
    /// certificate (<c>ocsp_certificate_unknown</c>), no list is asked: it could not tell a certificate that was never issued.
    /// </summary>
    public List<string> Crl { get; set; } = [];

    /// <summary>Hosts whose OCSP addresses inside certificates are asked too, after <see cref="Ocsp"/>. Default none.</summary>
    public List<string> CertificateHosts { get; set; } = [];

    /// <summary>Refuses OCSP answers without our nonce. Default false: many authorities serve answers made beforehand.</summary>
    public bool NonceRequired { get; set; }

    /// <summary>What happens when neither OCSP nor a list answers: <c>refuse</c> (default) or <c>accept-and-flag</c>.</summary>
    public string WhenUnanswered { get; set; } = "refuse";

    /// <summary>accept-and-flag: longest time without an answer about a certificate. Range 1 min–7 d, default 4 h.</summary>
    public TimeSpan AcceptFor { get; set; } = TimeSpan.FromHours(4);

    /// <summary>Longest use of an answer, never past its nextUpdate. Range 1 s–1 d, default 1 h.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Longest wait for one address. Range 0.1–30 s, default 3 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Allows addresses on loopback and link-local. Default false.</summary>
    public bool AllowLocalAddresses { get; set; }
}
