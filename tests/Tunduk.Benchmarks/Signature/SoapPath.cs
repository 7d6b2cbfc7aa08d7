using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Soap;
using Tunduk.Evidence.Trust;
using Tunduk.Xml;

namespace Tunduk.Benchmarks.Signature;

/// <summary>The whole product path of a SOAP request: parsing, strict checks and ta:Exchange included, trust cached.</summary>
internal sealed class SoapPath(RSA key, X509Certificate2 certificate, DateTimeOffset now)
{
    private static readonly byte[] NoSignature = new byte[256];

    private readonly SoapSignatureInput input = new()
    {
        Direction = SoapDirection.Request,
        Certificate = certificate,
        Algorithm = SignatureAlgorithm.RsaSha256,
        Created = now,
        Expires = now.AddMinutes(5),
        Headers = SignatureEnvelope.Headers,
    };

    private readonly SoapVerificationInput check = new()
    {
        Direction = SoapDirection.Request,
        Trust = new SignerTrust([new PinnedCertificate(SHA256.HashData(certificate.RawData))]),
        Now = now,
        Request = null,
        Headers = SignatureEnvelope.Headers,
    };

    public static void Parse(byte[] envelope)
    {
        if (!XmlTape.TryParse(envelope, out XmlTape? tape, out XmlFault fault))
        {
            throw new InvalidOperationException(fault.ToString());
        }

        tape.Dispose();
    }

    /// <summary>Everything of <see cref="Sign"/> but the RSA operation.</summary>
    public byte[] Prepare(byte[] envelope) => Sign(envelope, static _ => NoSignature);

    public byte[] Sign(byte[] envelope) =>
        Sign(envelope, data => key.SignData(data.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    private byte[] Sign(byte[] envelope, Func<ReadOnlyMemory<byte>, byte[]> operation)
    {
        if (!XmlTape.TryParse(envelope, out XmlTape? tape, out _))
        {
            throw new InvalidOperationException("The envelope does not parse.");
        }

        using (tape)
        {
            if (!SoapSignature.TryPrepare(tape, input, out PreparedSoapSignature? prepared, out SoapSignatureFault fault))
            {
                throw new InvalidOperationException(fault.ToString());
            }

            return prepared.Complete(operation(prepared.SignedInfo));
        }
    }

    public void Verify(byte[] envelope)
    {
        if (!XmlTape.TryParse(envelope, out XmlTape? tape, out _))
        {
            throw new InvalidOperationException("The envelope does not parse.");
        }

        using (tape)
        {
            SoapVerification result = SoapVerifier.Verify(tape, check);
            if (result.Status != SoapVerificationStatus.Valid)
            {
                throw new InvalidOperationException(result.CodeName);
            }
        }
    }
}
