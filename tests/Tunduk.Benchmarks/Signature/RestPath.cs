using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Evidence.Http;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Trust;

namespace Tunduk.Benchmarks.Signature;

/// <summary>The product path of a REST request with a 2 KB body: digest, base, headers; parsing, strict checks, trust cached.</summary>
internal sealed class RestPath
{
    private readonly RSA key;
    private readonly HttpSignatureInput input;
    private readonly HttpVerificationInput check;
    private readonly RestRequest request;

    public RestPath(RSA key, X509Certificate2 certificate, DateTimeOffset now)
    {
        this.key = key;
        Body = new byte[2048];
        Body.AsSpan().Fill((byte)'a');
        input = new HttpSignatureInput
        {
            Certificate = certificate,
            Algorithm = SignatureAlgorithm.RsaSha256,
            Created = now,
            Expires = now.AddMinutes(5),
            Nonce = new byte[16],
            Checkpoint = new byte[32],
        };
        check = new HttpVerificationInput { Trust = new SignerTrust([new PinnedCertificate(SHA256.HashData(certificate.RawData))]), Now = now };
        if (!HttpTarget.TryCreate("sandbox/GOV/70009001/registry/persons", "/search?full=true", out HttpTarget target))
        {
            throw new InvalidOperationException("The target is not one.");
        }

        request = new RestRequest
        {
            Method = "POST",
            Target = target,
            Headers =
            [
                new("Host", "127.0.0.1:8090"),
                new("Accept", "application/json"),
                new("Content-Type", "application/json; charset=utf-8"),
                new("X-Road-Client", "sandbox/COM/60009001/loans"),
                new("X-Road-Id", "4c2f8a51-0000-4000-8000-000000000001"),
                new("X-Road-UserId", "KG20101199005678"),
                new("X-Road-Issue", "loan-scoring 17/3"),
            ],
            Body = Body,
        };
        Signed = request with { Headers = [.. request.Headers.Where(field => field.Name != "Content-Type"), .. Sign()] };
    }

    public byte[] Body { get; }

    public RestRequest Signed { get; }

    public IReadOnlyList<HttpHeaderField> Sign()
    {
        if (!HttpSignature.TryPrepareRequest(request, input, out PreparedHttpSignature? prepared, out HttpSignatureFault fault))
        {
            throw new InvalidOperationException(fault.ToString());
        }

        return prepared.Complete(key.SignData(prepared.SignatureBase.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    public void Verify()
    {
        HttpVerification result = HttpVerifier.VerifyRequest(Signed, check);
        if (result.Status != HttpVerificationStatus.Valid)
        {
            throw new InvalidOperationException(result.CodeName);
        }
    }
}
