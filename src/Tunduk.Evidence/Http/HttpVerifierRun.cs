using System.Security.Cryptography;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Trust;

namespace Tunduk.Evidence.Http;

/// <summary>
/// One verification: 1 find the member, 2 its parameters, 3 its components against the message, 4 certificate, 5 signature,
/// 6 digest and target, 7 time. Over 300 lines because it reads top to bottom as one argument.
/// </summary>
internal sealed class HttpVerifierRun(RestRequest? request, RestResponse? response, RestRequestBinding? binding, HttpVerificationInput input)
{
    private const int MaximumField = 32 * 1024;
    private readonly HttpFields fields = new(request?.Headers ?? response!.Headers);
    private readonly HttpBody body = request?.Body ?? response!.Body;
    private readonly string label = request is null ? HttpSignatureNames.ResponseLabel : HttpSignatureNames.RequestLabel;
    private int echoed;
    private int foreign;
    private StructuredMember? covered;
    private ReadOnlyMemory<byte> signature;
    private DateTimeOffset created;
    private DateTimeOffset expires;
    private SignatureAlgorithm algorithm;
    private string keyId = "";
    private string? digestField;
    private string? targetField;
    private ReadOnlyMemory<byte> checkpoint;
    private TrustedSigner? signer;
    private byte[] signatureBase = [];

    public HttpVerification Run()
    {
        (HttpVerificationCode, SignatureExplanation)? fault = Find();
        if (fault is null && covered is null)
        {
            return new HttpVerification
            {
                Status = echoed > 0 ? HttpVerificationStatus.Echo : HttpVerificationStatus.Absent,
                EchoedSignatures = echoed,
                ForeignSignatures = foreign,
            };
        }

        Span<byte> hash = stackalloc byte[64];
        fault ??= ReadParameters() ?? Hold() ?? Trust() ?? VerifySignature(hash) ?? VerifyContent() ?? VerifyTime();
        if (fault is var (code, explanation))
        {
            return new HttpVerification
            {
                Status = HttpVerificationStatus.Failed,
                Code = code,
                Explanation = explanation,
                SignatureValue = signature,
                EchoedSignatures = echoed,
                ForeignSignatures = foreign,
            };
        }

        return new HttpVerification
        {
            Status = HttpVerificationStatus.Valid,
            EchoedSignatures = echoed,
            ForeignSignatures = foreign,
            Signer = signer,
            Algorithm = algorithm,
            Created = created,
            Expires = expires,
            SignatureValue = signature,
            SignatureBaseSha256 =
                SignatureAlgorithms.Hash(algorithm) == HashAlgorithmName.SHA256 ? hash[..32].ToArray() : SHA256.HashData(signatureBase),
            SignatureBase = signatureBase,
            Covered = [.. covered!.InnerList!.Select(StructuredField.Serialize)],
            Checkpoint = checkpoint,
        };
    }

    /// <summary>The member of the profile's label; copies of our own are set aside, others counted.</summary>
    private (HttpVerificationCode, SignatureExplanation)? Find()
    {
        string? signatureField = fields.Joined(HttpSignatureNames.Signature);
        string? inputField = fields.Joined(HttpSignatureNames.SignatureInput);
        if (signatureField is null && inputField is null)
        {
            return IsStripped() ? Of(HttpVerificationCode.SignatureMissing, HttpSignatureNames.Signature) : null;
        }

        if (!TryDictionary(inputField, out StructuredDictionary inputs))
        {
            return Of(HttpVerificationCode.SignatureInputMalformed, HttpSignatureNames.SignatureInput);
        }

        if (!TryDictionary(signatureField, out StructuredDictionary signatures))
        {
            return Of(HttpVerificationCode.SignatureMalformed, HttpSignatureNames.Signature);
        }

        if (inputs.HasRepeatedKeys || signatures.HasRepeatedKeys)
        {
            return Of(HttpVerificationCode.LabelRepeated, inputs.HasRepeatedKeys ? HttpSignatureNames.SignatureInput : HttpSignatureNames.Signature);
        }

        foreach ((string name, StructuredMember member) in inputs)
        {
            if (name == label)
            {
                continue;
            }

            if (name is not (HttpSignatureNames.RequestLabel or HttpSignatureNames.ResponseLabel) && !HasTag(member))
            {
                foreign++;
            }
            else if (request is null && name == HttpSignatureNames.RequestLabel && IsOwn(member))
            {
                echoed++;
            }
            else
            {
                return Of(HttpVerificationCode.LabelUnexpected, Shown(name));
            }
        }

        bool hasInput = inputs.TryGet(label, out covered);
        bool hasSignature = signatures.TryGet(label, out StructuredMember? value);
        if (hasInput != hasSignature || (!hasInput && request is not null && IsStripped()))
        {
            return hasSignature
                ? Of(HttpVerificationCode.SignatureInputMissing, HttpSignatureNames.SignatureInput)
                : Of(HttpVerificationCode.SignatureMissing, HttpSignatureNames.Signature);
        }

        if (!hasInput)
        {
            return null;
        }

        if (covered!.InnerList is null)
        {
            return Of(HttpVerificationCode.SignatureInputMalformed, label);
        }

        if (value!.Value is not { Type: StructuredType.Bytes } bytes || value.Parameters.Count > 0)
        {
            return Of(HttpVerificationCode.SignatureMalformed, label);
        }

        signature = bytes.Bytes;
        return null;
    }

    /// <summary>
    /// Headers of the profile without a signature. A response may have copies of our own request's headers, so only a certificate
    /// of somebody else tells there.
    /// </summary>
    private bool IsStripped()
    {
        if (request is not null)
        {
            return fields.Joined(HttpSignatureNames.Certificate) is not null || fields.Joined(HttpSignatureNames.Target) is not null;
        }

        return PeerCertificates().Count > 0;
    }

    private (HttpVerificationCode, SignatureExplanation)? ReadParameters()
    {
        StructuredParameters parameters = covered!.Parameters;
        foreach ((string key, _) in parameters)
        {
            if (key is not ("created" or "expires" or "nonce" or "keyid" or "alg" or "tag") || parameters.HasRepeatedKeys)
            {
                return Of(HttpVerificationCode.ParameterUnexpected, Shown(key));
            }
        }

        foreach (string key in (ReadOnlySpan<string>)["created", "expires", "nonce", "keyid", "alg", "tag"])
        {
            if (!parameters.TryGet(key, out StructuredValue? value))
            {
                return Of(HttpVerificationCode.ParameterMissing, key);
            }

            bool isTime = key is "created" or "expires";
            if (value.Type != (isTime ? StructuredType.Integer : StructuredType.String)
                || (isTime && value.Integer is < 0 or > 253_402_300_799)
                || (key == "nonce" && value.Text.Length is < 22 or > 128))
            {
                return Of(HttpVerificationCode.ParameterMalformed, key);
            }

            switch (key)
            {
                case "created":
                    created = DateTimeOffset.FromUnixTimeSeconds(value.Integer);
                    break;
                case "expires":
                    expires = DateTimeOffset.FromUnixTimeSeconds(value.Integer);
                    break;
                case "keyid":
                    keyId = value.Text;
                    break;
                case "tag" when value.Text != HttpSignatureNames.Tag:
                    return Of(HttpVerificationCode.TagDiffers, key);
                case "alg":
                    AlgorithmVerdict verdict = HttpSignatureAlgorithms.TryParse(value.Text, out algorithm);
                    if (verdict != AlgorithmVerdict.Allowed)
                    {
                        return verdict == AlgorithmVerdict.Weak
                            ? (HttpVerificationCode.SignatureAlgorithmWeak, new SignatureExplanation { Element = key, Algorithm = value.Text })
                            : (HttpVerificationCode.SignatureAlgorithmUnknown,
                                new SignatureExplanation { Element = key, FoundLength = value.Text.Length });
                    }

                    break;
            }
        }

        return null;
    }

    /// <summary>Holds the covered components against what the message has, and builds the base of the message's own values.</summary>
    private (HttpVerificationCode, SignatureExplanation)? Hold()
    {
        if (Expected(out List<HttpComponent> expected) is { } fault)
        {
            return fault;
        }

        IReadOnlyList<StructuredItem> components = covered!.InnerList!;
        Span<int> order = components.Count <= 32 ? stackalloc int[components.Count] : new int[components.Count];
        ulong seen = 0;
        for (int i = 0; i < components.Count; i++)
        {
            int at = expected.FindIndex(component => component.Is(components[i]));
            if (at < 0)
            {
                return Unexpected(components[i]);
            }

            if ((seen & (1UL << at)) != 0)
            {
                return Of(HttpVerificationCode.ComponentRepeated, expected[at].Name);
            }

            seen |= 1UL << at;
            order[i] = at;
        }

        for (int i = 0; i < expected.Count; i++)
        {
            if ((seen & (1UL << i)) == 0)
            {
                return Of(HttpVerificationCode.ComponentNotCovered, StructuredField.Serialize(expected[i].Identifier));
            }
        }

        int[] places = order.ToArray();
        int next = 0;
        if (!HttpSignatureBase.TryBuild(covered, _ => expected[places[next++]].Value, out byte[]? made, out _))
        {
            return Of(HttpVerificationCode.HeaderText, expected[places[Math.Max(0, next - 1)]].Name);
        }

        signatureBase = made;
        return null;
    }

    private (HttpVerificationCode, SignatureExplanation)? Expected(out List<HttpComponent> expected)
    {
        expected = new List<HttpComponent>(12) { request is null ? HttpProfile.Status(response!.Status) : HttpProfile.Method(request.Method) };
        foreach (string name in request is null ? HttpProfile.ResponseHeaders : HttpProfile.RequestHeaders)
        {
            string? value = fields.Single(name, out int count);
            if (count > 1)
            {
                return (HttpVerificationCode.HeaderRepeated, new SignatureExplanation { Element = name, Found = count });
            }

            if (value is null)
            {
                if (name is HttpSignatureNames.Client or HttpSignatureNames.Id or HttpSignatureNames.Target)
                {
                    return Of(HttpVerificationCode.ComponentMissing, name);
                }

                continue;
            }

            if (!HttpFieldText.IsWritable(value))
            {
                return Of(HttpVerificationCode.HeaderText, name);
            }

            switch (name)
            {
                case HttpSignatureNames.ContentType:
                    // The signer wrote the canonical spelling; the security servers may have written another one of the same value.
                    if (!HttpContentType.TryCanonicalize(value, out string? canonical))
                    {
                        return Of(HttpVerificationCode.ContentTypeMalformed, name);
                    }

                    value = canonical;
                    break;
                case HttpSignatureNames.ContentDigest:
                    digestField = value;
                    break;
                case HttpSignatureNames.Target:
                    targetField = value;
                    break;
                case HttpSignatureNames.Checkpoint:
                    if (!TryBytes(value, out checkpoint) || checkpoint.Length != 32)
                    {
                        return Of(HttpVerificationCode.CheckpointMalformed, name);
                    }

                    break;
            }

            expected.Add(HttpProfile.Header(name, value));
        }

        if (binding is not null)
        {
            expected.AddRange(HttpProfile.Binding(binding));
        }

        // Further fields: those the signer covered, and those the parties agreed on, covered or not.
        IEnumerable<string> further = covered!.InnerList!
            .Where(static item => item.Value.Type == StructuredType.String && item.Parameters.Count == 0)
            .Select(static item => item.Value.Text);
        return HttpProfile.AddListed(further.Concat(input.Listed.Select(static name => name.ToLowerInvariant())), fields, expected) switch
        {
            null => null,
            { IsTooMany: true } refused => Of(HttpVerificationCode.ComponentUnexpected, Shown(refused.Name)),
            { } refused => Of(HttpVerificationCode.HeaderText, refused.Name),
        };
    }

    /// <summary>Covered, and not to be: unknown to the profile, or known and not in the message.</summary>
    private (HttpVerificationCode, SignatureExplanation) Unexpected(StructuredItem component)
    {
        if (binding is not null && HttpProfile.RequestSignature(ReadOnlyMemory<byte>.Empty).Is(component))
        {
            return Of(HttpVerificationCode.RequestDiffers, StructuredField.Serialize(component));
        }

        string[] known = request is null ? HttpProfile.ResponseHeaders : HttpProfile.RequestHeaders;
        bool isMissing = component.Value.Type == StructuredType.String && component.Parameters.Count == 0
            && Array.IndexOf(known, component.Value.Text) >= 0;
        return Of(
            isMissing ? HttpVerificationCode.ComponentMissing : HttpVerificationCode.ComponentUnexpected,
            isMissing ? component.Value.Text : Shown(component.Value.Text));
    }

    private (HttpVerificationCode, SignatureExplanation)? Trust()
    {
        List<ReadOnlyMemory<byte>> certificates = PeerCertificates();
        if (certificates.Count != 1)
        {
            return (
                certificates.Count == 0 ? HttpVerificationCode.CertificateMissing : HttpVerificationCode.CertificateRepeated,
                new SignatureExplanation { Element = HttpSignatureNames.Certificate, Found = certificates.Count });
        }

        if (!input.Trust.TryTrust(certificates[0].Span, input.Now, out signer, out TrustFault fault, out TrustChain? chain))
        {
            return (CodeOf(fault), new SignatureExplanation { Element = HttpSignatureNames.Certificate, CertificateSerial = chain?.Serial, Chain = chain?.ToString() });
        }

        if (keyId.Length != 64 || keyId != HttpProfile.KeyId(signer.Sha256.Span))
        {
            return Of(HttpVerificationCode.CertificateKeyId, "keyid");
        }

        if (input.Now < signer.NotBefore || input.Now > signer.NotAfter)
        {
            bool isEarly = input.Now < signer.NotBefore;
            TimeSpan skew = isEarly ? signer.NotBefore - input.Now : input.Now - signer.NotAfter;
            return OfCertificate(isEarly ? HttpVerificationCode.CertificateNotYetValid : HttpVerificationCode.CertificateExpired, skew);
        }

        return SignatureAlgorithms.Fits(algorithm, signer.PublicKey)
            ? null
            : OfCertificate(HttpVerificationCode.SignatureAlgorithmKey, null);
    }

    private (HttpVerificationCode, SignatureExplanation)? VerifySignature(Span<byte> hash)
    {
        int length = SignatureAlgorithms.ComputeHash(SignatureAlgorithms.Hash(algorithm), signatureBase, hash);
        if (SignatureAlgorithms.VerifyHash(algorithm, signer!.PublicKey, hash[..length], signature.Span))
        {
            return null;
        }

        string? another = OtherRequest();
        return (another is null ? HttpVerificationCode.SignatureInvalid : HttpVerificationCode.RequestDiffers, new SignatureExplanation
        {
            Element = another ?? label,
            Algorithm = HttpSignatureAlgorithms.NameOf(algorithm),
            BaseLength = signatureBase.Length,
            CertificateSerial = signer.Certificate.SerialNumber,
        });
    }

    /// <summary>
    /// The response is refused already. Where its signature holds over the request that it says it answers, with everything else as
    /// it stands here, it was signed over another one: the first component that differs. Nothing is accepted by this.
    /// </summary>
    private string? OtherRequest()
    {
        string? field = fields.Single(HttpSignatureNames.Answers, out int count);
        if (binding is null || field is null || count > 1 || !HttpAnswers.TryParse(field, out RestRequestBinding? other))
        {
            return null;
        }

        List<HttpComponent> others = [.. HttpProfile.Binding(other)];
        string? differs = null;
        foreach (HttpComponent own in HttpProfile.Binding(binding))
        {
            if (!others.Exists(component => component.Is(own.Identifier) && component.Value == own.Value))
            {
                differs = StructuredField.Serialize(own.Identifier);
                break;
            }
        }

        if (differs is null || Expected(out List<HttpComponent> components) is not null)
        {
            return null;
        }

        // What fits first counts: the other request's values before the own ones.
        components.InsertRange(0, others);
        if (!HttpSignatureBase.TryBuild(covered!, item => components.Find(component => component.Is(item)).Value, out byte[]? made, out _))
        {
            return null;
        }

        Span<byte> hash = stackalloc byte[64];
        int length = SignatureAlgorithms.ComputeHash(SignatureAlgorithms.Hash(algorithm), made, hash);
        return SignatureAlgorithms.VerifyHash(algorithm, signer!.PublicKey, hash[..length], signature.Span) ? differs : null;
    }

    private (HttpVerificationCode, SignatureExplanation)? VerifyContent()
    {
        if (request is not null && body.Length > 0 && !HttpProfile.ForwardsBody(request.Method))
        {
            return (HttpVerificationCode.BodyUnexpected, new SignatureExplanation { FoundLength = body.Length });
        }

        if (digestField is null && body.Length > 0)
        {
            return (HttpVerificationCode.DigestMissing,
                new SignatureExplanation { Element = HttpSignatureNames.ContentDigest, FoundLength = body.Length });
        }

        ContentDigestVerdict verdict = digestField is null ? ContentDigestVerdict.Matches : ContentDigest.Verify(digestField, body);
        if (verdict != ContentDigestVerdict.Matches)
        {
            return (
                verdict switch
                {
                    ContentDigestVerdict.Differs => HttpVerificationCode.DigestDiffers,
                    ContentDigestVerdict.Weak => HttpVerificationCode.DigestAlgorithmWeak,
                    ContentDigestVerdict.Unknown => HttpVerificationCode.DigestAlgorithmUnknown,
                    _ => HttpVerificationCode.DigestMalformed,
                },
                new SignatureExplanation { Element = HttpSignatureNames.ContentDigest, FoundLength = body.Length });
        }

        if (request is null)
        {
            return null;
        }

        if (!HttpTarget.TryParse(targetField!, out HttpTarget target))
        {
            return Of(HttpVerificationCode.TargetMalformed, HttpSignatureNames.Target);
        }

        if (target == request.Target)
        {
            return null;
        }

        bool isService = target.Service != request.Target.Service;
        string found = isService ? target.Service : target.PathAndQuery;
        string expected = isService ? request.Target.Service ?? "" : request.Target.PathAndQuery;
        return (HttpVerificationCode.TargetDiffers, new SignatureExplanation
        {
            Element = isService ? "tunduk-target service" : "tunduk-target path",
            ExpectedLength = expected.Length,
            FoundLength = found.Length,
            DiffersAt = found.AsSpan().CommonPrefixLength(expected),
        });
    }

    private (HttpVerificationCode, SignatureExplanation)? VerifyTime()
    {
        if (expires <= created)
        {
            return Of(HttpVerificationCode.TimeOrder, "expires");
        }

        if (expires - created > input.MaximumLifetime)
        {
            return OfTime(HttpVerificationCode.TimeLifetime, "expires", expires - created);
        }

        if (created - input.Now > input.AllowedSkew)
        {
            return OfTime(HttpVerificationCode.TimeInFuture, "created", created - input.Now);
        }

        return input.Now - expires > input.AllowedSkew
            ? OfTime(HttpVerificationCode.TimeExpired, "expires", input.Now - expires)
            : null;
    }

    /// <summary>Certificates beside the copies of our own; what does not decode stands for itself.</summary>
    private List<ReadOnlyMemory<byte>> PeerCertificates()
    {
        List<string> lines = fields.All(HttpSignatureNames.Certificate);
        var found = new List<ReadOnlyMemory<byte>>(lines.Count);
        Span<byte> sha256 = stackalloc byte[32];
        foreach (string line in lines)
        {
            if (!TryBytes(line, out ReadOnlyMemory<byte> der))
            {
                found.Add(default);
                continue;
            }

            if (input.OwnCertificates.Count > 0)
            {
                SHA256.HashData(der.Span, sha256);
                if (IsOwn(sha256))
                {
                    continue;
                }
            }

            found.Add(der);
        }

        return found;
    }

    private bool IsOwn(StructuredMember member)
    {
        Span<byte> sha256 = stackalloc byte[32];
        return member.Parameters.TryGet("keyid", out StructuredValue? named) && named.Type == StructuredType.String && named.Text.Length == 64
            && Convert.FromHexString(named.Text, sha256, out _, out int written) == System.Buffers.OperationStatus.Done && written == 32
            && IsOwn(sha256);
    }

    private bool IsOwn(ReadOnlySpan<byte> sha256)
    {
        foreach (ReadOnlyMemory<byte> own in input.OwnCertificates)
        {
            if (own.Span.SequenceEqual(sha256))
            {
                return !input.Trust.IsPinned(sha256);
            }
        }

        return false;
    }

    private static bool HasTag(StructuredMember member) =>
        member.Parameters.TryGet("tag", out StructuredValue? tag) && tag.Text == HttpSignatureNames.Tag;

    private static bool TryDictionary(string? field, out StructuredDictionary dictionary)
    {
        dictionary = new StructuredDictionary();
        if (field is null)
        {
            return true;
        }

        if (field.Length > MaximumField || !StructuredField.TryParseDictionary(field, out StructuredDictionary? parsed, out _))
        {
            return false;
        }

        dictionary = parsed;
        return true;
    }

    private static bool TryBytes(string field, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (field.Length > MaximumField || !StructuredField.TryParseItem(field, out StructuredItem? item, out _)
            || item is not { Value.Type: StructuredType.Bytes, Parameters.Count: 0 })
        {
            return false;
        }

        bytes = item.Value.Bytes;
        return true;
    }

    private static HttpVerificationCode CodeOf(TrustFault fault) => fault switch
    {
        TrustFault.Malformed => HttpVerificationCode.CertificateMalformed,
        TrustFault.WeakKey => HttpVerificationCode.CertificateWeakKey,
        TrustFault.UnsupportedKey => HttpVerificationCode.CertificateUnsupportedKey,
        TrustFault.KeyUsage => HttpVerificationCode.CertificateKeyUsage,
        TrustFault.WeakChain => HttpVerificationCode.CertificateWeakChain,
        TrustFault.CriticalExtension => HttpVerificationCode.CertificateCriticalExtension,
        _ => HttpVerificationCode.CertificateUntrusted,
    };

    private (HttpVerificationCode, SignatureExplanation)? OfCertificate(HttpVerificationCode code, TimeSpan? skew) =>
        (code, new SignatureExplanation
        {
            Element = HttpSignatureNames.Certificate,
            Algorithm = HttpSignatureAlgorithms.NameOf(algorithm),
            CertificateSerial = signer!.Certificate.SerialNumber,
            Chain = TrustChain.Of(signer.Chain).ToString(),
            SkewSeconds = skew?.TotalSeconds,
        });

    private static (HttpVerificationCode, SignatureExplanation)? OfTime(HttpVerificationCode code, string element, TimeSpan skew) =>
        (code, new SignatureExplanation { Element = element, SkewSeconds = skew.TotalSeconds });

    private static (HttpVerificationCode, SignatureExplanation) Of(HttpVerificationCode code, string element) =>
        (code, new SignatureExplanation { Element = element });

    /// <summary>Names of foreign messages are given by their length.</summary>
    private static string Shown(string name) =>
        Array.IndexOf(HttpProfile.RequestHeaders, name) >= 0 || name is "@method" or "@status" or "signature"
            or HttpSignatureNames.RequestLabel or HttpSignatureNames.ResponseLabel
            or "created" or "expires" or "nonce" or "keyid" or "alg" or "tag"
            ? name
            : Phrases.Of("Http.NameCharacters", name.Length);
}
