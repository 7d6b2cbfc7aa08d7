using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Adapter.Trust;

/// <summary>Certificates that neighbours showed on connections and that were accepted: a pin alone says neither name nor end.</summary>
internal sealed class SeenCertificates(TimeProvider clock)
{
    private const int Most = 256;
    private readonly ConcurrentDictionary<string, CertificateUse> seen = new(StringComparer.Ordinal);

    /// <summary>All of them, with the last connection.</summary>
    public IEnumerable<CertificateUse> All => seen.Values;

    /// <summary>Notes an accepted certificate; the connection's own object is not kept.</summary>
    public void Note(string kind, string name, X509Certificate certificate, string breaks)
    {
        var key = $"{kind} {name} {certificate.GetCertHashString()}";
        if (seen.TryGetValue(key, out var known))
        {
            seen[key] = known with { LastUse = clock.GetUtcNow() };
        }
        else if (seen.Count < Most)
        {
            seen[key] = new CertificateUse(kind, name, X509CertificateLoader.LoadCertificate(certificate.GetRawCertData()), breaks) { LastUse = clock.GetUtcNow() };
        }
    }
}
