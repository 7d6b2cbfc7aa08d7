using Tunduk.Evidence.Http;
using static Tunduk.Evidence.Tests.Http.RestMessages;

namespace Tunduk.Evidence.Tests.Http;

/// <summary>Headers that the parties agreed on: covered where the message has them, and refused where nobody signed them.</summary>
public class ListedHeaderTests
{
    private static readonly string[] Agreed = ["x-own", "If-Match", "x-empty", "host", "x-road-id", "tunduk-target", "content-type"];

    private static readonly RestRequest Good = Sign(
        With(With(With(Request(), "X-Own", "there"), "If-Match", "\"v1\""), "X-Empty", ""), input: Input(Consumer) with { Listed = Agreed });

    public static TheoryData<string, string?, HttpVerificationCode> Changes => new()
    {
        { "X-Own", "elsewhere", HttpVerificationCode.SignatureInvalid },
        { "X-Own", null, HttpVerificationCode.ComponentUnexpected },
        { "X-Own", "", HttpVerificationCode.ComponentUnexpected },
        { "If-Match", "\"v2\"", HttpVerificationCode.SignatureInvalid },
        { "X-Empty", "forged", HttpVerificationCode.ComponentNotCovered },
        { "X-Own", "caf\u00E9", HttpVerificationCode.HeaderText },
    };

    [Fact]
    public void VerifyRequest_ListedHeaders_AreCoveredInTheOrderOfNamesAndNoOthers()
    {
        HttpVerification result = HttpVerifier.VerifyRequest(Good, Check(Consumer) with { Listed = Agreed });

        (result.Status, result.CodeName).ShouldBe((HttpVerificationStatus.Valid, ""));
        result.Covered.TakeLast(2).ShouldBe(["\"if-match\"", "\"x-own\""]);
        result.Covered.ShouldBeUnique();
        result.Covered.ShouldNotContain("\"host\"");
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void VerifyRequest_ListedHeaderChanged_IsRefused(string name, string? value, HttpVerificationCode code) =>
        HttpVerifier.VerifyRequest(With(Good, name, value), Check(Consumer) with { Listed = Agreed }).Code.ShouldBe(code);

    [Fact]
    public void VerifyRequest_SecondLineOfAListedHeader_IsRefused() =>
        HttpVerifier.VerifyRequest(Good with { Headers = [.. Good.Headers, new("x-own", "forged")] }, Check(Consumer) with { Listed = Agreed }).Code.ShouldBe(HttpVerificationCode.SignatureInvalid);

    [Fact]
    public void VerifyRequest_LinesJoinedOnTheWay_AreTheSameHeader()
    {
        RestRequest two = Sign(Request() with { Headers = [.. Request().Headers, new("x-own", "a"), new("x-own", "b")] }, input: Input(Consumer) with { Listed = Agreed });

        HttpVerifier.VerifyRequest(With(two, "X-Own", "a, b"), Check(Consumer) with { Listed = Agreed }).Status.ShouldBe(HttpVerificationStatus.Valid);
    }

    [Fact]
    public void VerifyRequest_ReaderWhoListsNone_TakesWhatTheSignerCoversAndAddsNothing()
    {
        HttpVerifier.VerifyRequest(Good, Check(Consumer)).Status.ShouldBe(HttpVerificationStatus.Valid);
        HttpVerifier.VerifyRequest(With(Good, "X-Own", "elsewhere"), Check(Consumer)).Code.ShouldBe(HttpVerificationCode.SignatureInvalid);
        HttpVerifier.VerifyRequest(With(Good, "X-Other", "of nobody"), Check(Consumer) with { Listed = Agreed }).Status.ShouldBe(HttpVerificationStatus.Valid);
    }

    [Fact]
    public void VerifyResponse_ListedHeaderAddedOrChanged_IsRefused()
    {
        RestRequestBinding binding = Bind(Good);
        var response = Response with { Headers = [.. Response.Headers, new("X-Back", "back")] };
        HttpSignature.TryPrepareResponse(response, binding, Input(Provider) with { Listed = ["x-back"] }, out PreparedHttpSignature? prepared, out HttpSignatureFault fault).ShouldBeTrue(fault.ToString());
        RestResponse good = response with { Headers = Set(response.Headers, prepared!.Complete(Provider.Sign(prepared.SignatureBase.Span))) };
        HttpVerificationInput input = Check(Provider) with { Listed = ["x-back", "x-more"] };

        HttpVerifier.VerifyResponse(good, binding, input).CodeName.ShouldBeEmpty();
        HttpVerifier.VerifyResponse(good with { Headers = Set(good.Headers, new HttpHeaderField("X-Back", "forged")) }, binding, input).Code.ShouldBe(HttpVerificationCode.SignatureInvalid);
        HttpVerifier.VerifyResponse(good with { Headers = Set(good.Headers, new HttpHeaderField("X-More", "forged")) }, binding, input).Code.ShouldBe(HttpVerificationCode.ComponentNotCovered);
    }

    // Their number is bounded on both sides: what is covered is held against the message one by one.
    [Fact]
    public void Both_MoreThanAMessageMayList_AreRefused()
    {
        string[] many = [.. Enumerable.Range(0, 40).Select(static at => $"x-many-{at}")];
        RestRequest request = Request() with { Headers = [.. Request().Headers, .. many.Select(static name => new HttpHeaderField(name, "1"))] };

        HttpSignature.TryPrepareRequest(request, Input(Consumer) with { Listed = many }, out _, out HttpSignatureFault fault).ShouldBeFalse();
        fault.ShouldBe(HttpSignatureFault.Parameters);
        HttpVerifier.VerifyRequest(Sign(request), Check(Consumer) with { Listed = many }).Code.ShouldBe(HttpVerificationCode.ComponentUnexpected);
    }
}
