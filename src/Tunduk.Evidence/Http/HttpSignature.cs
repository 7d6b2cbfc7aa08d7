using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Tunduk.Evidence.Signing;

namespace Tunduk.Evidence.Http;

/// <summary>
/// Signs REST messages by the profile: RFC 9421 over RFC 9530 digests of identity-encoded bytes. Nothing the security servers set or
/// change is covered; a response is bound to its request.
/// </summary>
public static class HttpSignature
{
    /// <summary>Prepares a request.</summary>
    /// <param name="request">The request as it will be sent; the profile's own headers on it are disregarded.</param>
    /// <param name="input">Signer, times, nonce, checkpoint.</param>
    /// <param name="prepared">What to sign.</param>
    /// <param name="fault">Why it cannot be signed.</param>
    public static bool TryPrepareRequest(
        RestRequest request, HttpSignatureInput input, [NotNullWhen(true)] out PreparedHttpSignature? prepared, out HttpSignatureFault fault)
    {
        prepared = null;
        var components = new List<HttpComponent>(12);
        var set = new List<HttpHeaderField>(8);
        fault = Check(input);
        if (fault != HttpSignatureFault.None)
        {
            return false;
        }

        if (!IsMethod(request.Method))
        {
            fault = HttpSignatureFault.StatusOrMethod;
            return false;
        }

        if (request.Body.Length > 0 && !HttpProfile.ForwardsBody(request.Method))
        {
            fault = HttpSignatureFault.BodyNotForwarded;
            return false;
        }

        components.Add(HttpProfile.Method(request.Method));
        var fields = new HttpFields(request.Headers);
        foreach (string name in HttpProfile.RequestHeaders)
        {
            fault = AddHeader(name, fields, request.Body, input, components, set);
            if (fault != HttpSignatureFault.None)
            {
                return false;
            }
        }

        Set(HttpSignatureNames.Target, request.Target.ToString(), components, set);
        if (!input.Checkpoint.IsEmpty)
        {
            Set(HttpSignatureNames.Checkpoint, Bytes(input.Checkpoint.Span), components, set);
        }

        fault = AddListed(fields, input, components);
        if (fault != HttpSignatureFault.None)
        {
            return false;
        }

        return TryFinish(HttpSignatureNames.RequestLabel, components, set, input, out prepared, out fault);
    }

    /// <summary>Prepares a response.</summary>
    /// <param name="response">The response as it will be sent; the profile's own headers on it are disregarded.</param>
    /// <param name="binding">The request it answers.</param>
    /// <param name="input">Signer, times, nonce.</param>
    /// <param name="prepared">What to sign.</param>
    /// <param name="fault">Why it cannot be signed.</param>
    public static bool TryPrepareResponse(
        RestResponse response,
        RestRequestBinding binding,
        HttpSignatureInput input,
        [NotNullWhen(true)] out PreparedHttpSignature? prepared,
        out HttpSignatureFault fault)
    {
        prepared = null;
        var components = new List<HttpComponent>(8);
        var set = new List<HttpHeaderField>(6);
        fault = Check(input);
        if (fault != HttpSignatureFault.None)
        {
            return false;
        }

        if (response.Status is < 100 or > 599)
        {
            fault = HttpSignatureFault.StatusOrMethod;
            return false;
        }

        components.Add(HttpProfile.Status(response.Status));
        var fields = new HttpFields(response.Headers);
        foreach (string name in HttpProfile.ResponseHeaders)
        {
            fault = AddHeader(name, fields, response.Body, input, components, set);
            if (fault != HttpSignatureFault.None)
            {
                return false;
            }
        }

        components.AddRange(HttpProfile.Binding(binding));
        if (HttpAnswers.Write(binding) is { } answers)
        {
            set.Add(new HttpHeaderField(HttpSignatureNames.Answers, answers));
        }

        fault = AddListed(fields, input, components);
        if (fault != HttpSignatureFault.None)
        {
            return false;
        }

        return TryFinish(HttpSignatureNames.ResponseLabel, components, set, input, out prepared, out fault);
    }

    private static HttpSignatureFault Check(HttpSignatureInput input) =>
        HttpSignatureAlgorithms.NameOf(input.Algorithm) is null ? HttpSignatureFault.AlgorithmWithoutName
            : input.Nonce.Length is < 16 or > 64 || input.Checkpoint.Length is not (0 or 32)
                || input.Expires.ToUnixTimeSeconds() <= input.Created.ToUnixTimeSeconds() ? HttpSignatureFault.Parameters
            : HttpSignatureFault.None;

    private static bool IsMethod(string method)
    {
        foreach (char c in method)
        {
            if (!StructuredValue.IsTokenCharacter(c) || c is ':' or '/')
            {
                return false;
            }
        }

        return method.Length > 0;
    }

    private static HttpSignatureFault AddHeader(
        string name, HttpFields fields, HttpBody body, HttpSignatureInput input, List<HttpComponent> components, List<HttpHeaderField> set)
    {
        switch (name)
        {
            case HttpSignatureNames.Target or HttpSignatureNames.Checkpoint:
                return HttpSignatureFault.None;
            case HttpSignatureNames.ContentDigest:
                if (body.Length > 0)
                {
                    Set(name, ContentDigest.Write(body, SignatureAlgorithms.Hash(input.Algorithm) != HashAlgorithmName.SHA256), components, set);
                }

                return HttpSignatureFault.None;
        }

        string? value = fields.Single(name, out int count);
        if (count > 1)
        {
            return HttpSignatureFault.HeaderRepeated;
        }

        if (value is null)
        {
            return name is HttpSignatureNames.Client or HttpSignatureNames.Id ? HttpSignatureFault.HeaderMissing : HttpSignatureFault.None;
        }

        if (!HttpFieldText.IsWritable(value))
        {
            return HttpSignatureFault.HeaderText;
        }

        if (name != HttpSignatureNames.ContentType)
        {
            components.Add(HttpProfile.Header(name, value));
            return HttpSignatureFault.None;
        }

        if (!HttpContentType.TryCanonicalize(value, out string? canonical))
        {
            return HttpSignatureFault.ContentType;
        }

        Set(name, canonical, components, set);
        return HttpSignatureFault.None;
    }

    // What the parties agreed to hand over in a header is as much theirs as the body. An empty one says nothing, and not every hand keeps it.
    private static HttpSignatureFault AddListed(HttpFields fields, HttpSignatureInput input, List<HttpComponent> components) =>
        HttpProfile.AddListed(input.Listed.Select(static name => name.ToLowerInvariant()), fields, components) switch
        {
            null => HttpSignatureFault.None,
            { IsTooMany: true } => HttpSignatureFault.Parameters,
            _ => HttpSignatureFault.HeaderText,
        };

    private static void Set(string name, string value, List<HttpComponent> components, List<HttpHeaderField> set)
    {
        components.Add(HttpProfile.Header(name, value));
        set.Add(new HttpHeaderField(name, value));
    }

    private static bool TryFinish(
        string label,
        List<HttpComponent> components,
        List<HttpHeaderField> set,
        HttpSignatureInput input,
        out PreparedHttpSignature? prepared,
        out HttpSignatureFault fault)
    {
        prepared = null;
        Span<byte> sha256 = stackalloc byte[32];
        SHA256.HashData(input.Certificate.RawDataMemory.Span, sha256);
        StructuredParameters parameters = StructuredParameters.Of(
            ("created", StructuredValue.FromInteger(input.Created.ToUnixTimeSeconds())),
            ("expires", StructuredValue.FromInteger(input.Expires.ToUnixTimeSeconds())),
            ("nonce", StructuredValue.FromString(Convert.ToBase64String(input.Nonce.Span))),
            ("keyid", StructuredValue.FromString(HttpProfile.KeyId(sha256))),
            ("alg", StructuredValue.FromString(HttpSignatureAlgorithms.NameOf(input.Algorithm)!)),
            ("tag", StructuredValue.FromString(HttpSignatureNames.Tag)));
        var covered = new StructuredMember(components.ConvertAll(component => component.Identifier), parameters);
        int next = 0;
        if (!HttpSignatureBase.TryBuild(covered, _ => components[next++].Value, out byte[]? signatureBase, out _))
        {
            fault = HttpSignatureFault.HeaderText;
            return false;
        }

        set.Add(new HttpHeaderField(HttpSignatureNames.Certificate, Bytes(input.Certificate.RawDataMemory.Span)));
        set.Add(new HttpHeaderField(HttpSignatureNames.SignatureInput, string.Concat(label, "=", StructuredField.Serialize(covered))));
        prepared = new PreparedHttpSignature(
            label, signatureBase, set, components.ConvertAll(component => StructuredField.Serialize(component.Identifier)));
        fault = HttpSignatureFault.None;
        return true;
    }

    private static string Bytes(ReadOnlySpan<byte> value) => string.Concat(":", Convert.ToBase64String(value), ":");
}
