using System.Buffers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Tunduk.Adapter.Signing;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Soap;
using Tunduk.Xml;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>Envelopes as a counterparty would send them: honest, hostile, signed or not.</summary>
internal static partial class Envelopes
{
    public const string Producer = "http://registry.sandbox.x-road.example/producer";

    /// <summary>A request of the credit office for somebody.</summary>
    public static SoapHeaders Headers(string? id = null) => new()
    {
        Client = ClientId.Parse("sandbox/COM/60009001/loans"),
        Service = ServiceId.Parse("sandbox/GOV/70009001/registry/getPerson/v1"),
        Id = id ?? Guid.NewGuid().ToString(),
        UserId = TestPersons.UserId,
        Issue = TestPersons.Issue,
    };

    public static string GetPerson(string? pin = null) => $"""<p:getPerson xmlns:p="{Producer}"><p:request><p:pin>{pin ?? TestPersons.Somebody.Pin}</p:pin></p:request></p:getPerson>""";

    /// <summary>An answer of the register with every listed field, and more where <paramref name="more"/> says so.</summary>
    public static string GetPersonResponse(string more = "") => $"""
        <p:getPersonResponse xmlns:p="{Producer}"><p:request><p:pin>{TestPersons.Somebody.Pin}</p:pin></p:request><p:response><p:pin>{TestPersons.Somebody.Pin}</p:pin><p:surname>{TestPersons.Somebody.Surname}</p:surname><p:name>{TestPersons.Somebody.Name}</p:name><p:patronymic>{TestPersons.Somebody.Patronymic}</p:patronymic><p:gender>{TestPersons.Somebody.Gender}</p:gender><p:dateOfBirth>{TestPersons.Somebody.DateOfBirth:yyyy-MM-dd}</p:dateOfBirth>{more}<p:address><p:country>KG</p:country><p:region>R</p:region><p:district>D</p:district><p:locality>L</p:locality><p:street>S</p:street><p:house>1</p:house></p:address></p:response></p:getPersonResponse>
        """;

    public static byte[] Unsigned(SoapHeaders headers, string body)
    {
        var buffer = new ArrayBufferWriter<byte>();
        SoapWriter.Write(buffer, headers, default, Encoding.UTF8.GetBytes(body));
        return buffer.WrittenSpan.ToArray();
    }

    public static string UnsignedText(SoapHeaders? headers = null, string? body = null) =>
        Encoding.UTF8.GetString(Unsigned(headers ?? Headers(), body ?? GetPerson()));

    public static string Text(ReadOnlySpan<byte> envelope) => Encoding.UTF8.GetString(envelope);

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static Task<byte[]> SignedAsync(SoapHeaders? headers = null, string? body = null, X509Certificate2? certificate = null, DateTimeOffset? created = null)
    {
        headers ??= Headers();
        return SignAsync(Unsigned(headers, body ?? GetPerson()), headers, SoapDirection.Request, certificate ?? TestKeys.Consumer.Certificate, created, null);
    }

    /// <summary>An answer to a request as received, signed by the provider, with the request hash a security server adds.</summary>
    public static async Task<byte[]> AnswerAsync(
        ReadOnlyMemory<byte> request,
        string? body = null,
        Func<SoapHeaders, SoapHeaders>? change = null,
        X509Certificate2? certificate = null,
        bool sign = true,
        ReadOnlyMemory<byte>? boundTo = null)
    {
        SoapMessage.TryRead(request, new SoapReaderOptions(), out var message, out var fault).ShouldBeTrue(fault.ToString());
        using (message)
        {
            var headers = message!.Headers!;
            headers = change?.Invoke(headers) ?? headers;
            var envelope = Unsigned(headers, body ?? GetPersonResponse());
            if (sign)
            {
                var binding = new SoapRequestBinding(SHA512.HashData((boundTo ?? request).Span), SignatureValue(boundTo ?? request));
                envelope = await SignAsync(envelope, headers, SoapDirection.Response, certificate ?? TestKeys.Provider.Certificate, null, binding);
            }

            return WithHash(envelope, Convert.ToBase64String(SHA512.HashData(request.Span)));
        }
    }

    /// <summary>A fault of the provider.</summary>
    public static byte[] Fault(string code, string text = "no", SoapHeaders? headers = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        SoapWriter.WriteFault(buffer, new SoapFaultText(code, text, null), headers);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A fault of the provider, signed and bound to the request.</summary>
    public static async Task<byte[]> SignedFaultAsync(ReadOnlyMemory<byte> request, string code, X509Certificate2? certificate = null)
    {
        SoapMessage.TryRead(request, new SoapReaderOptions(), out var message, out var fault).ShouldBeTrue(fault.ToString());
        using (message)
        {
            var headers = message!.Headers!;
            var binding = new SoapRequestBinding(SHA512.HashData(request.Span), SignatureValue(request));
            return await SignAsync(Fault(code, "nobody has " + TestPersons.Somebody.Pin, headers), headers, SoapDirection.Response, certificate ?? TestKeys.Provider.Certificate, null, binding);
        }
    }

    private static byte[] WithHash(byte[] envelope, string hash)
    {
        var text = Encoding.UTF8.GetString(envelope);
        var end = IdEnd().Match(text);
        end.Success.ShouldBeTrue();
        var prefix = end.Groups[1].Value;
        return Encoding.UTF8.GetBytes(text.Insert(end.Index + end.Length, $"<{prefix}requestHash algorithmId=\"{RequestHash.Sha512}\">{hash}</{prefix}requestHash>"));
    }

    private static byte[] SignatureValue(ReadOnlyMemory<byte> request)
    {
        var value = SignatureText().Match(Encoding.UTF8.GetString(request.Span));
        return value.Success ? Convert.FromBase64String(value.Groups[1].Value) : [];
    }

    private static async Task<byte[]> SignAsync(byte[] envelope, SoapHeaders headers, SoapDirection direction, X509Certificate2 certificate, DateTimeOffset? created, SoapRequestBinding? binding)
    {
        XmlTape.TryParse(envelope, out var tape, out _).ShouldBeTrue();
        var now = created ?? TimeProvider.System.GetUtcNow();
        using var key = TestKeys.ToSigner(certificate);
        using (tape)
        {
            var (signed, fault) = await SoapSignature.SignAsync(
                tape!,
                new SoapSignatureInput
                {
                    Direction = direction,
                    Certificate = certificate,
                    Algorithm = SignatureAlgorithm.RsaSha256,
                    Created = now,
                    Expires = now + TimeSpan.FromMinutes(5),
                    Headers = SignedHeaders.Of(headers),
                    Request = binding,
                },
                key,
                CancellationToken.None);
            return signed.ShouldNotBeNull(fault.ToString()).Envelope.ToArray();
        }
    }

    [GeneratedRegex("</([A-Za-z]*:?)id>")]
    private static partial Regex IdEnd();

    [GeneratedRegex("SignatureValue[^>]*>([^<]+)<")]
    private static partial Regex SignatureText();
}
