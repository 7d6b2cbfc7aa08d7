using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Evidence.Trust;

/// <summary>The chain that was found for a certificate, whole or not, in words that may be shown.</summary>
/// <param name="Serials">Serial numbers from the certificate itself up, cut where they are longer than a norm allows.</param>
/// <param name="Faults">What is wrong with each of them, in the framework's words; empty texts where nothing is.</param>
public sealed record TrustChain(IReadOnlyList<string> Serials, IReadOnlyList<string> Faults)
{
    private const int LongestSerial = 40; // RFC 5280 §4.1.2.2: 20 octets.

    /// <summary>Serial number of the certificate itself.</summary>
    public string Serial => Serials[0];

    /// <summary>The chain of certificates that are trusted.</summary>
    public static TrustChain Of(IEnumerable<X509Certificate2> certificates) => new([.. certificates.Select(Short)], []);

    /// <summary>Serial numbers from the certificate up, each with its fault: <c>0A1B &lt; 02 (UntrustedRoot)</c>.</summary>
    public override string ToString() => string.Join(" < ", Serials.Select((serial, at) =>
        at < Faults.Count && Faults[at].Length > 0 ? $"{serial} ({Faults[at]})" : serial));

    internal static TrustChain Of(X509Chain chain) => new(
        [.. chain.ChainElements.Select(element => Short(element.Certificate))],
        [.. chain.ChainElements.Select(element => string.Join(", ", element.ChainElementStatus.Select(status => status.Status)))]);

    private static string Short(X509Certificate2 certificate)
    {
        string serial = certificate.SerialNumber;
        return serial.Length <= LongestSerial ? serial : serial[..LongestSerial] + "…";
    }
}
