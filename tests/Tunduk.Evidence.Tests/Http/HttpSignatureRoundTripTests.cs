using Shouldly;
using Tunduk.Evidence.Http;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Tests.Soap;
using Xunit;
using static Tunduk.Evidence.Tests.Http.RestMessages;

namespace Tunduk.Evidence.Tests.Http;

public sealed class HttpSignatureRoundTripTests
{
    [Theory]
    [InlineData(SignatureAlgorithm.RsaSha256)]
    [InlineData(SignatureAlgorithm.RsaPssSha512)]
    [InlineData(SignatureAlgorithm.EcdsaP256Sha256)]
    [InlineData(SignatureAlgorithm.EcdsaP384Sha384)]
    public void Verify_RequestAndResponse_ValidAndBound(SignatureAlgorithm algorithm)
    {
        TestSigner signer = TestSigner.Of("rest.sandbox", algorithm);
        RestRequest request = Sign(Request(), signer, Input(signer) with { Checkpoint = new byte[32] });
        HttpVerification result = HttpVerifier.VerifyRequest(request, Check(signer));
        result.CodeName.ShouldBeEmpty();
        result.Status.ShouldBe(HttpVerificationStatus.Valid);
        result.Covered.Count.ShouldBe(9);
        result.Checkpoint.Length.ShouldBe(32);
        (result.Created, result.Expires, result.Algorithm).ShouldBe((Now, Now.AddMinutes(5), algorithm));

        RestRequestBinding binding = Bind(request, result.SignatureValue);
        RestResponse response = Sign(Response, binding, signer);
        HttpVerification answer = HttpVerifier.VerifyResponse(response, binding, Check(signer));
        answer.CodeName.ShouldBeEmpty();
        answer.Covered.ShouldContain("\"signature\";req;key=\"tunduk-request\"");
        answer.SignatureBaseSha256.Length.ShouldBe(32);
    }

    [Fact]
    public void Verify_ContentTypeRewrittenOnTheWay_Valid()
    {
        RestRequest request = Edit(Sign(Request()), "content-type", text =>
        {
            text.ShouldBe("application/json; charset=utf-8");
            return "Application/json;charset=\"UTF-8\"";
        });
        HttpVerifier.VerifyRequest(request, Check(Consumer)).CodeName.ShouldBeEmpty();
    }

    [Fact]
    public void Verify_WithoutBodyUserOrType_CoversOnlyWhatIsThere()
    {
        RestRequest bare = With(With(With(Request("GET", []), "content-type", null), "x-road-issue", null), "x-road-userid", null);
        HttpVerification result = HttpVerifier.VerifyRequest(Sign(bare), Check(Consumer));
        result.CodeName.ShouldBeEmpty();
        result.Covered.ShouldBe(["\"@method\"", "\"x-road-client\"", "\"x-road-id\"", "\"tunduk-target\""]);
    }

    [Fact]
    public void Verify_ResponseToUnsignedRequest_BoundByIdClientAndTarget()
    {
        RestRequestBinding binding = Bind(Request());
        RestResponse response = Sign(Response, binding);
        HttpVerifier.VerifyResponse(response, binding, Check(Provider)).CodeName.ShouldBeEmpty();
        Code(response, binding with { Id = "another" }).ShouldBe(HttpVerificationCode.RequestDiffers);
        Code(response, binding with { Client = "sandbox/COM/60009001/other" }).ShouldBe(HttpVerificationCode.RequestDiffers);
        Code(response, binding with { Target = TargetOf("/2") }).ShouldBe(HttpVerificationCode.RequestDiffers);
        Code(response, binding with { Signature = new byte[256] }).ShouldBe(HttpVerificationCode.ComponentNotCovered);
        Code(response with { Status = 404 }, binding).ShouldBe(HttpVerificationCode.SignatureInvalid);
        Code(response with { Body = Content }, binding).ShouldBe(HttpVerificationCode.DigestDiffers);
    }

    [Fact]
    public void Verify_ResponseConfirmsAnotherSignature_Refused()
    {
        RestRequestBinding binding = Bind(Request(), new byte[256]);
        RestResponse response = Sign(Response, binding);
        Code(response, binding with { Signature = Nonce }).ShouldBe(HttpVerificationCode.RequestDiffers);
        Code(response, binding with { Signature = default }).ShouldBe(HttpVerificationCode.RequestDiffers);
    }

    [Theory]
    [InlineData("id", "\"x-road-id\";req")]
    [InlineData("client", "\"x-road-client\";req")]
    [InlineData("target", "\"tunduk-target\";req")]
    [InlineData("signature", "\"signature\";req;key=\"tunduk-request\"")]
    public void Verify_ResponseToAnotherRequest_SaysWhichComponentDiffers(string what, string component)
    {
        RestRequestBinding binding = Bind(Request(), new byte[256]);
        RestRequestBinding asked = what switch
        {
            "id" => binding with { Id = "another" },
            "client" => binding with { Client = "sandbox/COM/60009001/other" },
            "target" => binding with { Target = TargetOf("/2") },
            _ => binding with { Signature = Nonce },
        };

        HttpVerification told = HttpVerifier.VerifyResponse(Sign(Response, binding), asked, Check(Provider));

        (told.CodeName, told.Explanation.Element).ShouldBe(("rest_request_differs", component));
        told.ToString().ShouldNotContain("2010%2F1");
    }

    [Fact]
    public void Verify_ChangedResponseThatSaysItAnswersAnother_IsNotTakenForOne()
    {
        // The header that names the request is nobody's word: only a signature that holds over what it names is.
        RestRequestBinding binding = Bind(Request(), new byte[256]);
        RestResponse response = Sign(Response, binding);
        string other = Value(Sign(Response, binding with { Id = "another" }).Headers, "tunduk-answers");
        RestResponse renamed = response with { Headers = Set(response.Headers, new HttpHeaderField("tunduk-answers", other)) };

        Code(renamed, binding).ShouldBe(HttpVerificationCode.None);
        Code(renamed with { Status = 404 }, binding).ShouldBe(HttpVerificationCode.SignatureInvalid);
        Code(response with { Status = 404 }, binding with { Id = "another" }).ShouldBe(HttpVerificationCode.SignatureInvalid);
        foreach (string wrong in (string[])["", "id=\"1\"", "id=1, client=\"2\", service=\"3\", path=\"\"", "id=\"1\", id=\"1\"", new string('a', 5000), other + ", signature=1"])
        {
            Code(response with { Headers = Set(response.Headers, new HttpHeaderField("tunduk-answers", wrong)) }, binding with { Id = "another" })
                .ShouldBe(HttpVerificationCode.SignatureInvalid, wrong);
        }
    }

    [Fact]
    public void Verify_LongOrUnwritableRequest_IsNotNamedAndStillBound()
    {
        foreach (RestRequestBinding binding in (RestRequestBinding[])[Bind(Request()) with { Target = TargetOf("/" + new string('a', 5000)) }, Bind(Request()) with { Id = "a\tb" }])
        {
            RestResponse response = Sign(Response, binding);

            response.Headers.ShouldNotContain(field => field.Name == "tunduk-answers");
            Code(response, binding).ShouldBe(HttpVerificationCode.None);
            Code(response, binding with { Id = "another" }).ShouldBe(HttpVerificationCode.SignatureInvalid);
        }
    }

    [Fact]
    public void Verify_CopiesOfOwnHeaders_EchoAloneAndSetAsideBesideThePeers()
    {
        RestRequest request = Sign(Request());
        HttpVerification sent = HttpVerifier.VerifyRequest(request, Check(Consumer));
        RestRequestBinding binding = Bind(request, sent.SignatureValue);
        HttpHeaderField[] copied =
        [
            .. request.Headers.Where(field => field.Name is "signature" or "signature-input" or "tunduk-certificate" or "tunduk-target"),
        ];
        HttpVerificationInput check = Check(Provider) with { OwnCertificates = [Consumer.Sha256] };
        HttpVerification echo = HttpVerifier.VerifyResponse(Response with { Headers = [.. Response.Headers, .. copied] }, binding, check);
        (echo.Status, echo.EchoedSignatures).ShouldBe((HttpVerificationStatus.Echo, 1));

        RestResponse signed = Sign(Response, binding);
        HttpVerification beside = HttpVerifier.VerifyResponse(signed with { Headers = [.. copied, .. signed.Headers] }, binding, check);
        beside.CodeName.ShouldBeEmpty();
        (beside.Status, beside.EchoedSignatures).ShouldBe((HttpVerificationStatus.Valid, 1));
        HttpVerifier.VerifyResponse(signed with { Headers = [.. copied, .. signed.Headers] }, binding, Check(Provider)).Code
            .ShouldBe(HttpVerificationCode.LabelUnexpected);
    }

    [Fact]
    public void Verify_NoSignature_AbsentAndStrippedRefused()
    {
        HttpVerifier.VerifyRequest(Request(), Check(Consumer)).Status.ShouldBe(HttpVerificationStatus.Absent);
        HttpVerifier.VerifyResponse(Response, Bind(Request()), Check(Provider)).Status.ShouldBe(HttpVerificationStatus.Absent);
        RestRequest stripped = With(With(Sign(Request()), "signature", null), "signature-input", null);
        HttpVerifier.VerifyRequest(stripped, Check(Consumer)).Code.ShouldBe(HttpVerificationCode.SignatureMissing);
    }

    [Fact]
    public void Verify_ForeignSignatureBeside_CountedAndWithoutMeaning()
    {
        RestRequest both = Edit(
            Edit(Sign(Request()), "signature", text => text + ", proxy=:AAAA:"), "signature-input", text => "proxy=(\"@method\"), " + text);
        HttpVerification result = HttpVerifier.VerifyRequest(both, Check(Consumer));
        (result.Status, result.ForeignSignatures).ShouldBe((HttpVerificationStatus.Valid, 1));
    }

    [Theory]
    [InlineData("GET", "", HttpSignatureFault.BodyNotForwarded)]
    [InlineData("DELETE", "", HttpSignatureFault.BodyNotForwarded)]
    [InlineData("P ST", "", HttpSignatureFault.StatusOrMethod)]
    [InlineData("POST", "x-road-id", HttpSignatureFault.HeaderMissing)]
    [InlineData("POST", "x-road-client", HttpSignatureFault.HeaderMissing)]
    public void TryPrepare_CannotBeSigned_Fault(string method, string without, HttpSignatureFault expected) =>
        Fault(With(Request(method), without, null)).ShouldBe(expected);

    [Theory]
    [InlineData("x-road-issue", "назначение", HttpSignatureFault.HeaderText)]
    [InlineData("x-road-issue", "a\r\n b", HttpSignatureFault.HeaderText)]
    [InlineData("content-type", "json", HttpSignatureFault.ContentType)]
    public void TryPrepare_HeaderCannotBeCovered_Fault(string name, string value, HttpSignatureFault expected) =>
        Fault(With(Request(), name, value)).ShouldBe(expected);

    [Fact]
    public void TryPrepare_AlgorithmOrParameters_Fault()
    {
        Fault(Request(), Input(Consumer) with { Algorithm = SignatureAlgorithm.RsaSha512 }).ShouldBe(HttpSignatureFault.AlgorithmWithoutName);
        Fault(Request(), Input(Consumer) with { Nonce = new byte[8] }).ShouldBe(HttpSignatureFault.Parameters);
        Fault(Request(), Input(Consumer) with { Expires = Now }).ShouldBe(HttpSignatureFault.Parameters);
        Fault(Request() with { Headers = [.. Request().Headers, new("x-road-id", "2")] }).ShouldBe(HttpSignatureFault.HeaderRepeated);
    }

    [Fact]
    public async Task DetachedSignature_OverTheBase_Verifies()
    {
        HttpSignature.TryPrepareRequest(Request(), Input(Consumer), out PreparedHttpSignature? prepared, out _).ShouldBeTrue();
        byte[] cms = await DetachedSignature.CreateAsync(
            prepared!.SignatureBase, DetachedContext.RestRequest, Now, Consumer, TestContext);
        DetachedSignature.Verify(prepared.SignatureBase.Span, DetachedContext.RestRequest, cms, Consumer.Pinned, Now).IsValid.ShouldBeTrue();
        DetachedSignature.Verify(prepared.SignatureBase.Span, DetachedContext.RestResponse, cms, Consumer.Pinned, Now).IsValid.ShouldBeFalse();
    }

    private static CancellationToken TestContext => CancellationToken.None;

    private static HttpVerificationCode Code(RestResponse response, RestRequestBinding binding) =>
        HttpVerifier.VerifyResponse(response, binding, Check(Provider)).Code;

    private static HttpSignatureFault Fault(RestRequest request, HttpSignatureInput? input = null)
    {
        HttpSignature.TryPrepareRequest(request, input ?? Input(Consumer), out _, out HttpSignatureFault fault);
        return fault;
    }
}
