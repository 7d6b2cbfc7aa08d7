using Shouldly;
using Tunduk.Evidence.Http;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Tests.Soap;

namespace Tunduk.Evidence.Tests.Http;

/// <summary>An invented exchange, signed by the profile.</summary>
internal static class RestMessages
{
    public static readonly DateTimeOffset Now = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);
    public static readonly byte[] Nonce = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    public static readonly byte[] Content = """{"pin":"20101199001234"}"""u8.ToArray();
    public static readonly byte[] Answer = """{"surname":"Сыдыкова"}"""u8.ToArray();

    public static TestSigner Consumer => TestSigner.Of("loans.sandbox");

    public static TestSigner Provider => TestSigner.Of("registry.sandbox");

    public static HttpTarget Target { get; } = TargetOf("/2010%2F1?full=true&a=b");

    public static RestRequest Request(string method = "POST", byte[]? body = null) => new()
    {
        Method = method,
        Target = Target,
        Headers =
        [
            new("Host", "127.0.0.1"),
            new("X-Road-Client", "sandbox/COM/60009001/loans"),
            new("X-Road-Id", "4c2f8a51-0000-4000-8000-000000000001"),
            new("X-Road-UserId", "KG20101199005678"),
            new("X-Road-Issue", "loan-scoring 17/3"),
            new("Content-Type", "application/JSON;Charset=UTF-8"),
        ],
        Body = body ?? Content,
    };

    public static RestResponse Response { get; } = new()
    {
        Status = 200,
        Headers = [new("content-type", "application/json"), new("x-road-request-id", "set by the security server")],
        Body = Answer,
    };

    public static HttpTarget TargetOf(string path, string service = "sandbox/GOV/70009001/registry/persons")
    {
        HttpTarget.TryCreate(service, path, out HttpTarget target).ShouldBeTrue();
        return target;
    }

    public static HttpSignatureInput Input(TestSigner signer) => new()
    {
        Certificate = signer.Certificate,
        Algorithm = signer.Algorithm,
        Created = Now,
        Expires = Now.AddMinutes(5),
        Nonce = Nonce,
    };

    public static HttpVerificationInput Check(TestSigner signer) => new() { Trust = signer.Pinned, Now = Now };

    public static RestRequest Sign(RestRequest request, TestSigner? signer = null, HttpSignatureInput? input = null)
    {
        TestSigner key = signer ?? Consumer;
        HttpSignature.TryPrepareRequest(request, input ?? Input(key), out PreparedHttpSignature? prepared, out HttpSignatureFault fault)
            .ShouldBeTrue(fault.ToString());
        return request with { Headers = Set(request.Headers, prepared!.Complete(key.Sign(prepared.SignatureBase.Span))) };
    }

    public static RestResponse Sign(RestResponse response, RestRequestBinding binding, TestSigner? signer = null)
    {
        TestSigner key = signer ?? Provider;
        HttpSignature.TryPrepareResponse(response, binding, Input(key), out PreparedHttpSignature? prepared, out HttpSignatureFault fault)
            .ShouldBeTrue(fault.ToString());
        return response with { Headers = Set(response.Headers, prepared!.Complete(key.Sign(prepared.SignatureBase.Span))) };
    }

    public static RestRequestBinding Bind(RestRequest request, ReadOnlyMemory<byte> signature = default) => new()
    {
        Id = Value(request.Headers, "x-road-id"),
        Client = Value(request.Headers, "x-road-client"),
        Target = request.Target,
        Signature = signature,
    };

    public static string Value(IReadOnlyList<HttpHeaderField> headers, string name) =>
        headers.Single(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    public static List<HttpHeaderField> Set(IReadOnlyList<HttpHeaderField> headers, params IReadOnlyList<HttpHeaderField> fields) =>
    [
        .. headers.Where(field => !fields.Any(set => set.Name.Equals(field.Name, StringComparison.OrdinalIgnoreCase))), .. fields,
    ];

    public static RestRequest With(RestRequest request, string name, string? value) => request with
    {
        Headers = value is null
            ? [.. request.Headers.Where(field => !field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))]
            : Set(request.Headers, new HttpHeaderField(name, value)),
    };

    public static RestRequest Edit(RestRequest request, string name, Func<string, string> edit) =>
        With(request, name, edit(Value(request.Headers, name)));

    /// <summary>
    /// Signs whatever Signature-Input says over whatever the headers say, as an attacker with a trusted key could: only the
    /// verifier's rules stand against it.
    /// </summary>
    public static RestRequest Resign(RestRequest request, Func<string, string> input, TestSigner? signer = null)
    {
        TestSigner key = signer ?? Consumer;
        RestRequest changed = Edit(request, "signature-input", input);
        StructuredField.TryParseDictionary(Value(changed.Headers, "signature-input"), out StructuredDictionary? members, out _).ShouldBeTrue();
        members!.TryGet("tunduk-request", out StructuredMember? covered).ShouldBeTrue();
        HttpSignatureBase.TryBuild(covered!, ValueOf, out byte[]? text, out string? refused).ShouldBeTrue(refused);
        return With(changed, "signature", $"tunduk-request=:{Convert.ToBase64String(key.Sign(text))}:");

        string? ValueOf(StructuredItem component)
        {
            string name = component.Value.Text;
            return name == "@method" ? changed.Method
                : name.StartsWith('@') ? "x"
                : changed.Headers.FirstOrDefault(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? "x";
        }
    }
}
