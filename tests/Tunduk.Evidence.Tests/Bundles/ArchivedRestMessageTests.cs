using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tunduk.Evidence.Bundles;
using Tunduk.Evidence.Http;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Tests.Http;
using Tunduk.Evidence.Tests.Soap;

namespace Tunduk.Evidence.Tests.Bundles;

/// <summary>Signatures of archived REST messages are checked again from what is kept of them, and from nothing else.</summary>
public sealed class ArchivedRestMessageTests
{
    private const string Raw = "/r1/sandbox/GOV/70009001/registry/persons/2010%2F1?full=true&a=b";
    private static readonly RestRequest Asked = RestMessages.Sign(RestMessages.Request());

    [Fact]
    public void Verify_RequestAsItWas_IsVerifiedByTheCertificateTheEntryNames()
    {
        ArchivedMessageVerdict verdict = Verify(Entry(), Text(Asked));
        verdict.State.ShouldBe(ArchivedMessageState.Verified, verdict.Code);
        SHA256.HashData(verdict.Certificate.Span).ShouldBe(Signer(RestMessages.Consumer));
    }

    [Fact]
    public void Verify_RequestChanged_SaysWhat()
    {
        Verify(Entry(), Text(Asked with { Body = "{}"u8.ToArray() }, "{}"u8.ToArray())).Code.ShouldBe("rest_digest_differs");
        Verify(Entry(), Text(RestMessages.With(Asked, "X-Road-Issue", "another basis"))).Code.ShouldBe("rest_signature_invalid");
        Verify(Entry(), Text(Asked, raw: "/r1/sandbox/GOV/70009001/registry/persons/2010%2F2")).Code.ShouldBe("rest_target_differs");
        Verify(Entry() with { Service = "sandbox/GOV/70009001/registry/cars" }, Text(Asked)).Code.ShouldBe("rest_target_differs");
        Verify(Entry() with { CertificateSha256 = Signer(RestMessages.Provider) }, Text(Asked)).State.ShouldBe(ArchivedMessageState.Failed);
        Verify(Entry(), Text(RestMessages.With(RestMessages.With(RestMessages.With(Asked, "signature", null), "signature-input", null), "tunduk-certificate", null))).State.ShouldBe(ArchivedMessageState.Failed);
        Verify(Entry(), "no message"u8.ToArray()).Code.ShouldBe("http_malformed");
        Verify(Entry() with { EventTime = RestMessages.Now.AddDays(2) }, Text(Asked)).Code.ShouldBe("rest_time_expired");
    }

    [Fact]
    public void Verify_BodyThatWasNotKept_IsAttested() =>
        Verify(Entry(), Text(Asked, [])).State.ShouldBe(ArchivedMessageState.Attested);

    [Fact]
    public void Verify_Response_HoldsOverTheRequestItNames()
    {
        RestResponse answer = RestMessages.Sign(RestMessages.Response, RestMessages.Bind(Asked, new byte[256]));
        LogEntry entry = Entry() with { Kind = EntryKind.Response, CertificateSha256 = Signer(RestMessages.Provider) };
        Verify(entry, Text(answer)).State.ShouldBe(ArchivedMessageState.Verified);

        // Copies of the request's own headers among the answer's.
        RestResponse echoed = answer with { Headers = [.. answer.Headers, .. Asked.Headers.Where(static header => header.Name.StartsWith("signature", StringComparison.OrdinalIgnoreCase) || header.Name == "tunduk-certificate")] };
        ArchivedMessageVerdict verdict = Verify(entry, Text(echoed));
        verdict.State.ShouldBe(ArchivedMessageState.Verified, verdict.Code);
        Verify(entry, Text(answer with { Status = 404 })).Code.ShouldBe("rest_signature_invalid");
        Verify(entry, Text(Without(answer, "tunduk-answers"))).State.ShouldBe(ArchivedMessageState.Attested);
        RestResponse moved = answer with { Headers = [.. answer.Headers.Select(static header => header.Name == "tunduk-answers" ? header with { Value = header.Value.Replace("loans", "cards", StringComparison.Ordinal) } : header)] };
        Verify(entry, Text(moved)).Code.ShouldBe("rest_signature_invalid");
    }

    [Fact]
    public async Task Verify_DetachedSignature_HoldsOverABaseThatSaysWhatTheMessageSays()
    {
        RestRequest request = RestMessages.Request();
        HttpSignature.TryPrepareRequest(request, RestMessages.Input(RestMessages.Consumer), out PreparedHttpSignature? prepared, out _).ShouldBeTrue();
        byte[] text = prepared!.SignatureBase.ToArray();
        byte[] cms = await SignAsync(text, DetachedContext.RestRequest);
        LogEntry entry = Entry() with { Signature = SignatureStatus.OwnDetached };
        ArchivedMessageVerdict good = ArchivedMessage.Verify(entry, Text(request), "application/http", cms, text);
        good.State.ShouldBe(ArchivedMessageState.Verified, good.Code);
        Code(Text(request), cms, null).ShouldBe("Attested ");
        Code(Text(request), await SignAsync(text, DetachedContext.RestResponse), text).ShouldBe("Failed Context");
        Code(Text(RestMessages.With(request, "X-Road-UserId", "KG20101199009999")), cms, text).ShouldBe("Failed rest_component_differs");
        Code(Text(request, "{}"u8.ToArray()), cms, text).ShouldBe("Failed rest_component_differs");
        Code(Text(request, []), cms, text).ShouldBe("Attested ");
        byte[] bare = "\"@method\": POST"u8.ToArray();
        Code(Text(request), await SignAsync(bare, DetachedContext.RestRequest), bare).ShouldBe("Failed rest_component_not_covered");

        string Code(byte[] message, byte[] signature, byte[]? signed) => ArchivedMessage.Verify(entry, message, "application/http", signature, signed) is var verdict ? $"{verdict.State} {verdict.Code}" : "";
    }

    internal static async Task<byte[]> SignAsync(byte[] text, DetachedContext context) => await DetachedSignature.CreateAsync(text, context, RestMessages.Now, RestMessages.Consumer, default);

    private static byte[] Signer(TestSigner signer) => SHA256.HashData(signer.Certificate.RawData);

    private static ArchivedMessageVerdict Verify(LogEntry entry, byte[] message) => ArchivedMessage.Verify(entry, message, "application/http", null, null);

    private static LogEntry Entry() => new()
    {
        Log = LogId.New(),
        Index = 1,
        Kind = EntryKind.Request,
        Time = RestMessages.Now,
        Service = "sandbox/GOV/70009001/registry/persons",
        Signature = SignatureStatus.Verified,
        CertificateSha256 = Signer(RestMessages.Consumer),
    };

    private static RestResponse Without(RestResponse response, string name) => response with { Headers = [.. response.Headers.Where(header => header.Name != name)] };

    internal static byte[] Text(RestRequest request, byte[]? body = null, string raw = Raw) => Text($"{request.Method} {raw} HTTP/1.1", request.Headers, body ?? RestMessages.Content);

    internal static byte[] Text(RestResponse response) => Text(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {response.Status}"), response.Headers, RestMessages.Answer);

    private static byte[] Text(string start, IEnumerable<HttpHeaderField> headers, byte[] body) =>
        [.. Encoding.UTF8.GetBytes(start + "\r\n" + string.Concat(headers.Select(static header => $"{header.Name}: {header.Value}\r\n")) + "\r\n"), .. body];
}
