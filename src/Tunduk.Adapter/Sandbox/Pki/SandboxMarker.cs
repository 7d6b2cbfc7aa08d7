using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Adapter.Sandbox.Pki;

/// <summary>
/// The mark by which every certificate of the sandbox is known, so that a check outside instance <c>sandbox</c> can refuse
/// it whatever roots it was given: the certificate policy <see cref="PolicyOid"/> (an OID of the UUID arc, ITU-T X.667),
/// which only a <see cref="DevelopmentAuthority"/> issues under, and the root's organisation <see cref="Organisation"/>.
/// </summary>
internal static class SandboxMarker
{
    public const string PolicyOid = "2.25.75176033449735739233913091053573693723";

    public const string Organisation = "sandbox";

    private const string CertificatePoliciesOid = "2.5.29.32";

    /// <summary>True if the certificate carries the sandbox's policy.</summary>
    public static bool IsMarked(X509Certificate2 certificate)
    {
        foreach (X509Extension extension in certificate.Extensions)
        {
            if (extension.Oid?.Value == CertificatePoliciesOid && NamesPolicy(extension.RawData))
            {
                return true;
            }
        }

        return false;
    }

    internal static X509Extension CreateExtension()
    {
        // RFC 5280 §4.2.1.4: SEQUENCE OF PolicyInformation { policyIdentifier }.
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(PolicyOid);
        }

        return new X509Extension(new Oid(CertificatePoliciesOid), writer.Encode(), critical: false);
    }

    private static bool NamesPolicy(byte[] encoded)
    {
        try
        {
            AsnReader policies = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
            while (policies.HasData)
            {
                if (policies.ReadSequence().ReadObjectIdentifier() == PolicyOid)
                {
                    return true;
                }
            }
        }
        catch (AsnContentException)
        {
            // Not an extension of ours, since ours is well formed.
        }

        return false;
    }
}
