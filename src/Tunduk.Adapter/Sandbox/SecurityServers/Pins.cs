using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>Comparison of certificates by their bytes, the only check security servers make of information systems.</summary>
internal static class Pins
{
    public static bool Contain(IEnumerable<X509Certificate2> registered, X509Certificate? offered) =>
        offered is not null
        && registered.Any(certificate => certificate.RawDataMemory.Span.SequenceEqual(offered.GetRawCertData()));
}
