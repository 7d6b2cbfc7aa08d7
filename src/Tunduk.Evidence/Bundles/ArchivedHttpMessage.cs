using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Tunduk.Evidence.Http;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Trust;

namespace Tunduk.Evidence.Bundles;

/// <summary>
/// Checks the signature of an archived REST message again: an HTTP/1.1 message as text, with the headers of the profile (proto/SIGNATURES.md, "REST"),
/// or beside it a detached signature over its signature base.
/// </summary>
/// <remarks>
/// A response's signature covers parts of its request with <c>;req</c>. They stand in the response as <c>tunduk-answers</c>, which is not believed at
/// receipt and need not be here: only a signature that holds over them says that they were what was answered. Where the response does not name them, and
/// where a body was not kept, the signed bytes are not all there, and the verdict at receipt is all there is.
/// </remarks>
internal static class ArchivedHttpMessage
{
    /// <summary>Media type of the archived part.</summary>
    public const string MediaType = "application/http";

    private const int MaxHead = 1 << 20;
    private static readonly ArchivedMessageVerdict Attested = new(ArchivedMessageState.Attested);

    // Clocks were judged at receipt.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1) + Skew;

    private readonly record struct Head(string Start, List<HttpHeaderField> Fields, ReadOnlyMemory<byte> Body);

    public static ArchivedMessageVerdict Verify(LogEntry entry, ReadOnlyMemory<byte> message, byte[]? detached, byte[]? signatureBase, SignerTrust trust, DateTimeOffset moment)
    {
        if (!TryRead(message, out Head head))
        {
            return Failed("http_malformed");
        }

        bool isRequest = entry.Kind == EntryKind.Request;
        if (entry.Signature == SignatureStatus.OwnDetached)
        {
            return detached is null || signatureBase is null ? Attested : OfDetached(entry, head, isRequest, detached, signatureBase, trust, moment);
        }

        HttpVerificationInput input = new()
        {
            Trust = trust,
            Now = moment,
            AllowedSkew = Skew,
            MaximumLifetime = Lifetime,
            OwnCertificates = Others(head.Fields, entry.CertificateSha256),
        };
        HttpVerification? result = isRequest ? OfRequest(head, input) : OfResponse(head, input);
        return result is null ? Attested
            : result.Status == HttpVerificationStatus.Valid
                ? IsService(entry, isRequest ? HttpSignatureNames.Target : HttpSignatureNames.Answers, head.Fields) ? new ArchivedMessageVerdict(ArchivedMessageState.Verified, "", result.Signer!.Certificate.RawDataMemory) : Failed("rest_target_differs")
            : result.Code == HttpVerificationCode.DigestDiffers && head.Body.IsEmpty ? Attested // a body on disk was not kept
            : Failed(result.Status == HttpVerificationStatus.Failed ? result.CodeName : "rest_signature_missing");
    }

    private static HttpVerification? OfRequest(Head head, HttpVerificationInput input)
    {
        string[] start = head.Start.Split(' ');
        HttpTarget target = default;
        return start.Length == 3 && (new HttpFields(head.Fields).Single(HttpSignatureNames.Target, out _) is not { } field || (HttpTarget.TryParse(field, out target) && start[1].EndsWith(target.PathAndQuery, StringComparison.Ordinal)))
            ? HttpVerifier.VerifyRequest(new RestRequest { Method = start[0], Target = target, Headers = head.Fields, Body = HttpBody.Of(head.Body) }, input)
            : new HttpVerification { Status = HttpVerificationStatus.Failed, Code = HttpVerificationCode.TargetDiffers };
    }

    private static HttpVerification? OfResponse(Head head, HttpVerificationInput input)
    {
        string[] start = head.Start.Split(' ');
        if (start.Length < 2 || !int.TryParse(start[1], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int status))
        {
            return new HttpVerification { Status = HttpVerificationStatus.Failed, Code = HttpVerificationCode.ComponentMissing };
        }

        return new HttpFields(head.Fields).Single(HttpSignatureNames.Answers, out int count) is { } answers && count == 1 && HttpAnswers.TryParse(answers, out RestRequestBinding? binding)
            ? HttpVerifier.VerifyResponse(new RestResponse { Status = status, Headers = head.Fields, Body = HttpBody.Of(head.Body) }, binding, input)
            : null;
    }

    // The signature is over the base; the base must say what the message says: its start line, its headers, its body.
    private static ArchivedMessageVerdict OfDetached(LogEntry entry, Head head, bool isRequest, byte[] detached, byte[] signatureBase, SignerTrust trust, DateTimeOffset moment)
    {
        DetachedVerification result = DetachedSignature.Verify(signatureBase, isRequest ? DetachedContext.RestRequest : DetachedContext.RestResponse, detached, trust, moment);
        if (!result.IsValid)
        {
            return Failed(result.Fault.ToString());
        }

        Dictionary<string, string> covered = new(StringComparer.Ordinal);
        foreach (string line in Encoding.ASCII.GetString(signatureBase).Split('\n'))
        {
            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (colon < 0 || !covered.TryAdd(line[..colon], line[(colon + 2)..]))
            {
                return Failed("rest_component_repeated");
            }
        }

        string[] start = head.Start.Split(' ');
        HttpFields fields = new(head.Fields);
        foreach ((string name, string value) in covered)
        {
            bool same = name switch
            {
                "\"@method\"" => isRequest && start[0] == value,
                "\"@status\"" => !isRequest && start.Length > 1 && start[1] == value,
                "\"content-type\"" => fields.Single(HttpSignatureNames.ContentType, out _) is { } type && HttpContentType.TryCanonicalize(type, out string? canonical) && canonical == value,
                "\"content-digest\"" => ContentDigest.Verify(value, HttpBody.Of(head.Body)) == ContentDigestVerdict.Matches,
                "\"tunduk-target\"" => HttpTarget.TryParse(value, out HttpTarget target) && start.Length > 1 && start[1].EndsWith(target.PathAndQuery, StringComparison.Ordinal) && IsService(entry, target),
                "\"tunduk-checkpoint\"" or "\"@signature-params\"" => true, // in the base alone
                _ => name.Contains(";req", StringComparison.Ordinal) || fields.Joined(name.Trim('"')) == value,
            };
            if (!same)
            {
                return name == "\"content-digest\"" && head.Body.IsEmpty ? Attested : Failed("rest_component_differs");
            }
        }

        return !covered.ContainsKey(isRequest ? "\"@method\"" : "\"@status\"") || (isRequest && !covered.ContainsKey("\"tunduk-target\"")) || (!head.Body.IsEmpty && !covered.ContainsKey("\"content-digest\""))
            ? Failed("rest_component_not_covered")
            : new ArchivedMessageVerdict(ArchivedMessageState.Verified, "", result.Signer!.Certificate.RawDataMemory);
    }

    // A signature that holds over another service's message is no signature of this entry's.
    private static bool IsService(LogEntry entry, string header, List<HttpHeaderField> headers) =>
        new HttpFields(headers).Single(header, out _) is { } field
        && (HttpTarget.TryParse(field, out HttpTarget target) ? IsService(entry, target) : HttpAnswers.TryParse(field, out RestRequestBinding? answered) && IsService(entry, answered.Target));

    private static bool IsService(LogEntry entry, HttpTarget target) =>
        entry.Service is null || string.Equals(string.Join('/', target.Service.Split('/').Select(Uri.UnescapeDataString)), entry.Service, StringComparison.Ordinal);

    // Whoever signed beside the signer that the entry names: copies of the request's own signature.
    private static List<ReadOnlyMemory<byte>> Others(List<HttpHeaderField> headers, ReadOnlyMemory<byte> signer)
    {
        List<ReadOnlyMemory<byte>> others = [];
        foreach (string line in new HttpFields(headers).All(HttpSignatureNames.Certificate))
        {
            if (StructuredField.TryParseItem(line, out StructuredItem? item, out _) && item.Value.Type == StructuredType.Bytes
                && SHA256.HashData(item.Value.Bytes.Span) is var digest && !signer.Span.SequenceEqual(digest))
            {
                others.Add(digest);
            }
        }

        return others;
    }

    private static bool TryRead(ReadOnlyMemory<byte> message, [NotNullWhen(true)] out Head head)
    {
        head = default;
        int end = message.Span[..Math.Min(message.Length, MaxHead)].IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        string[] lines = Encoding.UTF8.GetString(message.Span[..end]).Split("\r\n");
        List<HttpHeaderField> fields = [];
        foreach (string line in lines.AsSpan(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1)
            {
                return false;
            }

            fields.Add(new HttpHeaderField(line[..colon], line[(colon + 1)..].TrimStart(' ')));
        }

        head = new Head(lines[0], fields, message[(end + 4)..]);
        return true;
    }

    private static ArchivedMessageVerdict Failed(string code) => new(ArchivedMessageState.Failed, code);
}
