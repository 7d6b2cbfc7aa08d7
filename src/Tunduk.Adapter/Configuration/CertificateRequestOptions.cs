namespace Tunduk.Adapter.Configuration;

/// <summary>How certificate requests name the owner (<c>keys csr</c>).</summary>
public sealed class CertificateRequestOptions
{
    /// <summary>
    /// Subject of a request, parts in the authority's order; <c>{memberCode}</c>, <c>{organisation}</c> and <c>{name}</c> are
    /// filled in. Default <c>C=KG, O={organisation}, serialNumber={memberCode}, CN={name}</c>.
    /// </summary>
    public string Subject { get; set; } = "C=KG, O={organisation}, serialNumber={memberCode}, CN={name}";

    /// <summary>Organisation's name in ASCII, as the authority registers it. No default.</summary>
    public string? Organisation { get; set; }
}
