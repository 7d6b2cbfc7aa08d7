using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Tunduk.Adapter.Keys;

/// <summary>The labelled parts of a PEM file (RFC 7468).</summary>
internal static class PemParts
{
    /// <summary>True when the bytes are PEM, well-formed or not.</summary>
    public static bool IsPem(ReadOnlySpan<byte> content) => content.IndexOf("-----BEGIN "u8) >= 0;

    /// <summary>Labels and texts of every well-formed part.</summary>
    public static IReadOnlyList<(string Label, string Pem)> Read(ReadOnlySpan<byte> content)
    {
        var parts = new List<(string, string)>();
        // A byte order mark before the first part is no part of it.
        var text = Encoding.UTF8.GetString(content).AsSpan().TrimStart('\uFEFF');
        while (PemEncoding.TryFind(text, out var fields))
        {
            parts.Add((text[fields.Label].ToString(), text[fields.Location].ToString()));
            text = text[fields.Location.End..];
        }

        return parts;
    }

    /// <summary>The certificates, in the file's order.</summary>
    /// <exception cref="CryptographicException">A certificate is damaged.</exception>
    public static X509Certificate2Collection Certificates(IEnumerable<(string Label, string Pem)> parts)
    {
        var certificates = new X509Certificate2Collection();
        foreach (var (_, pem) in parts.Where(part => part.Label is "CERTIFICATE" or "X509 CERTIFICATE"))
        {
            certificates.Add(X509CertificateLoader.LoadCertificate(Encoding.ASCII.GetBytes(pem.Replace("X509 CERTIFICATE", "CERTIFICATE", StringComparison.Ordinal))));
        }

        return certificates;
    }
}
