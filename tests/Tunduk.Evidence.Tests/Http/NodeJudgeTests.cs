using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Tunduk.Evidence.Http;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Tests.Soap;
using Xunit;
using static Tunduk.Evidence.Tests.Http.RestMessages;

namespace Tunduk.Evidence.Tests.Http;

/// <summary>npm <c>http-message-signatures</c> verifies what this project signs, and the other way round (tests/install brings it).</summary>
public sealed class NodeJudgeTests
{
    [Theory]
    [InlineData(SignatureAlgorithm.RsaSha256)]
    [InlineData(SignatureAlgorithm.RsaPssSha512)]
    [InlineData(SignatureAlgorithm.EcdsaP256Sha256)]
    [InlineData(SignatureAlgorithm.EcdsaP384Sha384)]
    public void Judge_OurRequestAndResponse_Valid(SignatureAlgorithm algorithm)
    {
        TestSigner signer = TestSigner.Of("rest.sandbox", algorithm);
        RestRequest request = Sign(Request(), signer);
        JsonObject asked = Message(request.Headers, request);
        Verify(signer, asked, null).ShouldBeTrue();

        HttpVerification verified = HttpVerifier.VerifyRequest(request, Check(signer));
        RestResponse response = Sign(Response, Bind(request, verified.SignatureValue), signer);
        JsonObject answer = Message(response.Headers, null);
        Verify(signer, answer, asked).ShouldBeTrue();

        asked["headers"]!["X-Road-Id"] = "another";
        Verify(signer, answer, asked).ShouldBeFalse();
    }

    [Theory]
    [InlineData(SignatureAlgorithm.RsaSha256)]
    [InlineData(SignatureAlgorithm.EcdsaP256Sha256)]
    public void Verify_RequestSignedByTheJudge_Valid(SignatureAlgorithm algorithm)
    {
        TestSigner signer = TestSigner.Of("rest.sandbox", algorithm);
        RestRequest request = With(
            With(With(Request(), "content-type", "application/json; charset=utf-8"), "tunduk-target", Target.ToString()),
            "tunduk-certificate", $":{Convert.ToBase64String(signer.Certificate.RawData)}:");
        JsonObject result = Run(new JsonObject
        {
            ["mode"] = "sign",
            ["message"] = Message(request.Headers, request),
            ["body"] = Encoding.UTF8.GetString(Content),
            ["key"] = signer.Key.ExportPkcs8PrivateKeyPem(),
            ["keyid"] = Convert.ToHexStringLower(signer.Sha256),
            ["alg"] = HttpSignatureAlgorithms.NameOf(algorithm),
            ["label"] = HttpSignatureNames.RequestLabel,
            ["created"] = Now.ToUnixTimeSeconds(),
            ["expires"] = Now.AddMinutes(5).ToUnixTimeSeconds(),
            ["nonce"] = Convert.ToBase64String(Nonce),
            ["fields"] = new JsonArray(
                "@method", "tunduk-target", "x-road-client", "x-road-id", "x-road-userid", "x-road-issue", "content-type", "content-digest"),
        });
        HttpHeaderField[] headers =
            [.. result["headers"]!.AsObject().Select(header => new HttpHeaderField(header.Key, header.Value!.GetValue<string>()))];
        HttpVerification verified = HttpVerifier.VerifyRequest(request with { Headers = headers }, Check(signer));
        verified.CodeName.ShouldBeEmpty();
        verified.Status.ShouldBe(HttpVerificationStatus.Valid);
    }

    private static bool Verify(TestSigner signer, JsonObject message, JsonObject? request)
    {
        try
        {
            return Run(new JsonObject
            {
                ["mode"] = "verify",
                ["message"] = message.DeepClone(),
                ["request"] = request?.DeepClone(),
                ["key"] = signer.Certificate.PublicKey.ExportSubjectPublicKeyInfo() is { } spki
                    ? PemEncoding.WriteString("PUBLIC KEY", spki) : null,
                ["alg"] = HttpSignatureAlgorithms.NameOf(signer.Algorithm),
            })["valid"]!.GetValue<bool>();
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static JsonObject Message(IReadOnlyList<HttpHeaderField> headers, RestRequest? request)
    {
        var fields = new JsonObject();
        foreach (HttpHeaderField field in headers)
        {
            fields[field.Name] = field.Value;
        }

        return request is null
            ? new JsonObject { ["status"] = 200, ["headers"] = fields }
            : new JsonObject { ["method"] = request.Method, ["url"] = "http://127.0.0.1/r1/any", ["headers"] = fields };
    }

    private static JsonObject Run(JsonObject job) => NodeJudge.Run("http-signatures", job);
}
