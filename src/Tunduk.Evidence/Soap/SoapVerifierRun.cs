using System.Security.Cryptography;
using Tunduk.Evidence.Canonicalization;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Trust;
using Tunduk.Xml;

namespace Tunduk.Evidence.Soap;

// Over 300 lines: the strict verifier's checks in their order; an auditor reads them in one place.

/// <summary>One verification, in this order:</summary>
/// <remarks>
/// 1. the envelope's parts by place; 2. copies of our own blocks set aside, then one Security and one Exchange; 3. the exact shape
/// of Security, SignedInfo, KeyInfo; 4. references against the parts, ids unique; 5. the certificate; 6. the signature over
/// SignedInfo; 7. the digests; 8. the times; 9. the Exchange block against what the application read. Nothing of the message is
/// believed before step 7 is through.
/// </remarks>
internal sealed class SoapVerifierRun(XmlTape tape, SoapVerificationInput input)
{
    private const int MaxTokenText = 24 * 1024;
    private const int MaxSignatureText = 4096;
    private readonly SoapReference[] references = new SoapReference[3];
    private SoapEnvelope parts;
    private XmlElement exchangeElement;
    private SecurityHeader security = null!;
    private SignatureAlgorithm algorithm;
    private string[] signedInfoPrefixes = [];
    private TrustedSigner? signer;
    private byte[] signatureValue = [];
    private byte[] signedInfoSha256 = [];
    private byte[] body = [];
    private SoapCoveredPart[] covered = [];
    private SoapExchange? exchange;
    private DateTimeOffset created;
    private DateTimeOffset expires;
    private int echoed;

    private enum Part
    {
        Body,
        Timestamp,
        Exchange,
    }

    public SoapVerification Run()
    {
        if (!SoapEnvelope.TryRead(tape, out parts))
        {
            return Failed(Named(SoapFinding.At(SoapVerificationCode.EnvelopeShape, tape.Root)));
        }

        SoapFinding? finding = FindBlocks(out SoapVerificationStatus? unsigned);
        if (unsigned is { } status)
        {
            return new SoapVerification { Status = status, EchoedSignatures = echoed };
        }

        finding ??= CheckNodes() ?? security.Read() ?? ReadSignedInfo() ?? ReadKeyInfo() ?? CheckIds() ?? TrustSigner() ?? VerifySignature()
            ?? VerifyDigests() ?? CheckTimes()
            ?? SoapExchangeReader.Read(exchangeElement, parts.Kind(input.Direction), out exchange)
            ?? SoapExchangeComparison.Compare(exchange!, input);
        return finding is not null ? Failed(Named(finding)) : Valid();
    }

    private SoapVerification Valid() => new()
    {
        Status = SoapVerificationStatus.Valid,
        EchoedSignatures = echoed,
        Signer = signer,
        Algorithm = algorithm,
        Created = created,
        Expires = expires,
        SignatureValue = signatureValue,
        SignedInfoSha256 = signedInfoSha256,
        Covered = covered,
        Body = body,
        Exchange = exchange,
    };

    /// <summary>What looks like a missing part is named for the trick it is, where the signed part stands elsewhere.</summary>
    private SoapFinding Named(SoapFinding finding) => finding.Code is SoapVerificationCode.EnvelopeShape
            or SoapVerificationCode.BodyNotCovered or SoapVerificationCode.TimestampNotCovered or SoapVerificationCode.ExchangeNotCovered
            or SoapVerificationCode.TimestampMissing or SoapVerificationCode.ExchangeMissing or SoapVerificationCode.UnexpectedElement
        ? SoapWrapping.Find(tape) ?? finding
        : finding;

    private SoapVerification Failed(SoapFinding finding) => new()
    {
        Status = SoapVerificationStatus.Failed,
        Code = finding.Code,
        Explanation = finding.Explanation,
        EchoedSignatures = echoed,
    };

    private SoapFinding? FindBlocks(out SoapVerificationStatus? unsigned)
    {
        unsigned = null;
        var securities = new List<XmlElement>(2);
        var exchanges = new List<XmlElement>(2);
        if (parts.Header.Exists)
        {
            foreach (XmlElement block in parts.Header.Children)
            {
                if (block.Is(SoapNames.SecurityUri, "Security"u8))
                {
                    securities.Add(block);
                }
                else if (block.Is(SoapNames.ExchangeUri, "Exchange"u8))
                {
                    exchanges.Add(block);
                }
            }
        }

        echoed = SoapEcho.SetAside(securities, exchanges, input);
        if (securities.Count == 0)
        {
            if (exchanges.Count > 0)
            {
                return SoapFinding.Of(SoapVerificationCode.SecurityMissing, "Security");
            }

            unsigned = echoed > 0 ? SoapVerificationStatus.Echo : SoapVerificationStatus.Absent;
            return null;
        }

        if (securities.Count > 1)
        {
            return SoapFinding.Counted(SoapVerificationCode.MultipleSecurityHeaders, "Security", securities.Count);
        }

        security = new SecurityHeader { Element = securities[0] };
        if (exchanges.Count != 1)
        {
            // A foreign signature lacks the block too; a weak algorithm is what its maker has to change first.
            if (exchanges.Count == 0 && WeakMethod() is { } weak)
            {
                return weak;
            }

            SoapVerificationCode code = exchanges.Count == 0
                ? SoapVerificationCode.ExchangeMissing
                : SoapVerificationCode.MultipleExchangeHeaders;
            return SoapFinding.Counted(code, "Exchange", exchanges.Count);
        }

        exchangeElement = exchanges[0];
        return null;
    }

    /// <summary>
    /// No comment in a signed message: the canonical form leaves it out, so nobody signed it. No processing instruction in a
    /// header either: those are covered by their values, which leave it out too.
    /// </summary>
    private SoapFinding? CheckNodes()
    {
        if (tape.CommentCount == 0 && tape.ProcessingInstructionCount == 0)
        {
            return null;
        }

        for (int i = tape.RootIndex; i < tape.NodeCount; i++)
        {
            XmlNodeKind kind = tape.Nodes[i].Kind;
            bool isInRoot = tape.Nodes[i].Start < parts.Root.OuterRange.End;
            bool isInHeader = parts.Header.Exists && tape.Nodes[i].Start > parts.Header.OuterRange.Start && tape.Nodes[i].Start < parts.Header.OuterRange.End;
            if ((kind == XmlNodeKind.Comment && isInRoot) || (kind == XmlNodeKind.ProcessingInstruction && isInHeader))
            {
                return SoapFinding.At(SoapVerificationCode.UnexpectedNode, new XmlElement(tape, tape.Nodes[i].Parent));
            }
        }

        return null;
    }

    private SoapFinding? WeakMethod()
    {
        XmlElement signedInfo = SecurityHeader.Peek(security.Element).SignedInfo;
        if (!signedInfo.Exists)
        {
            return null;
        }

        foreach (XmlElement child in signedInfo.Children)
        {
            ReadOnlySpan<byte> identifier = SoapReference.Algorithm(child);
            if (child.Is(SoapNames.SignatureUri, "SignatureMethod"u8) && SignatureAlgorithms.TryParse(identifier, out _) == AlgorithmVerdict.Weak)
            {
                return KnownTransforms.Refuse(SoapVerificationCode.SignatureAlgorithmWeak, child, identifier, isKnown: true);
            }
        }

        return null;
    }

    private SoapFinding? ReadSignedInfo()
    {
        XmlElement signedInfo = security.SignedInfo;
        SoapFinding? finding = SoapShape.NoAttributes(signedInfo) ?? SoapShape.OnlyElements(signedInfo);
        if (finding is not null)
        {
            return finding;
        }

        int position = 0;
        bool hasStranger = false;
        ReadOnlyMemory<byte> bodyId = SoapIds.Of(parts.Body);
        ReadOnlyMemory<byte> timestampId = SoapIds.Of(security.Timestamp);
        ReadOnlyMemory<byte> exchangeId = SoapIds.Of(exchangeElement);
        foreach (XmlElement child in signedInfo.Children)
        {
            position++;
            if (position == 1 && child.Is(SoapNames.SignatureUri, "CanonicalizationMethod"u8))
            {
                finding = SoapReference.ReadCanonicalization(
                    child, SoapVerificationCode.CanonicalizationNotAllowed, out signedInfoPrefixes);
            }
            else if (position == 2 && child.Is(SoapNames.SignatureUri, "SignatureMethod"u8))
            {
                finding = ReadSignatureMethod(child);
            }
            else if (position > 2 && child.Is(SoapNames.SignatureUri, "Reference"u8))
            {
                var reference = new SoapReference();
                finding = reference.Read(child);
                int at = finding is not null ? -1
                    : reference.Id.Span.SequenceEqual(bodyId.Span) ? (int)Part.Body
                    : reference.Id.Span.SequenceEqual(timestampId.Span) ? (int)Part.Timestamp
                    : reference.Id.Span.SequenceEqual(exchangeId.Span) ? (int)Part.Exchange
                    : -1;
                if (at >= 0 && references[at] is not null)
                {
                    finding = SoapFinding.At(SoapVerificationCode.ReferenceDuplicate, child);
                }
                else if (at >= 0)
                {
                    references[at] = reference;
                }
                else
                {
                    hasStranger = true;
                }
            }
            else
            {
                finding = SoapFinding.At(SoapVerificationCode.UnexpectedElement, child);
            }

            if (finding is not null)
            {
                return finding;
            }
        }

        return position < 2
            ? SoapFinding.At(SoapVerificationCode.ElementMissing, signedInfo)
            : CheckCoverage(hasStranger);
    }

    private SoapFinding? CheckCoverage(bool hasStranger)
    {
        if (references[(int)Part.Body] is null)
        {
            return SoapFinding.At(SoapVerificationCode.BodyNotCovered, parts.Body);
        }

        if (references[(int)Part.Timestamp] is null)
        {
            return SoapFinding.At(SoapVerificationCode.TimestampNotCovered, security.Timestamp);
        }

        if (references[(int)Part.Exchange] is null)
        {
            return SoapFinding.At(SoapVerificationCode.ExchangeNotCovered, exchangeElement);
        }

        return hasStranger ? SoapFinding.At(SoapVerificationCode.ReferenceUnexpected, security.SignedInfo) : null;
    }

    private SoapFinding? ReadSignatureMethod(XmlElement element)
    {
        SoapFinding? finding = SoapShape.OneAttribute(element, default, "Algorithm"u8) ?? SoapShape.NoContent(element);
        if (finding is not null)
        {
            return finding;
        }

        ReadOnlySpan<byte> identifier = SoapReference.Algorithm(element);
        return SignatureAlgorithms.TryParse(identifier, out algorithm) switch
        {
            AlgorithmVerdict.Allowed => null,
            AlgorithmVerdict.Weak =>
                KnownTransforms.Refuse(SoapVerificationCode.SignatureAlgorithmWeak, element, identifier, isKnown: true),
            _ => KnownTransforms.Refuse(SoapVerificationCode.SignatureAlgorithmUnknown, element, identifier, isKnown: false),
        };
    }

    /// <summary>KeyInfo, SecurityTokenReference, Reference to the token of this header: one of each and nothing else.</summary>
    private SoapFinding? ReadKeyInfo()
    {
        if (!TryOnlyChild(security.KeyInfo, SoapNames.SecurityUri, "SecurityTokenReference"u8, out XmlElement tokenReference)
            || !TryOnlyChild(tokenReference, SoapNames.SecurityUri, "Reference"u8, out XmlElement reference))
        {
            return SoapFinding.At(SoapVerificationCode.KeyInfoNotAllowed, security.KeyInfo);
        }

        ReadOnlyMemory<byte> uri = default;
        bool isX509 = false;
        foreach (XmlAttribute attribute in reference.Attributes)
        {
            if (attribute.Is(default, "URI"u8))
            {
                uri = attribute.ValueUtf8;
            }
            else if (attribute.Is(default, "ValueType"u8))
            {
                isX509 = attribute.ValueUtf8.Span.SequenceEqual(SoapNames.X509TokenType);
            }
            else
            {
                return SoapFinding.At(SoapVerificationCode.UnexpectedAttribute, reference);
            }
        }

        ReadOnlyMemory<byte> tokenId = SoapIds.Of(security.Token);
        bool isToken = uri.Length > 1 && uri.Span[0] == '#' && uri.Span[1..].SequenceEqual(tokenId.Span);
        return isX509 && isToken
            ? SoapShape.NoContent(reference)
            : SoapFinding.At(SoapVerificationCode.KeyInfoReference, reference);
    }

    private static bool TryOnlyChild(XmlElement element, ReadOnlySpan<byte> uri, ReadOnlySpan<byte> name, out XmlElement only)
    {
        only = default;
        int count = 0;
        foreach (XmlElement child in element.Children)
        {
            count++;
            only = child;
        }

        return count == 1 && only.Is(uri, name) && SoapShape.NoAttributes(element) is null && SoapShape.OnlyElements(element) is null;
    }

    private SoapFinding? CheckIds() =>
        CheckId(parts.Body) ?? CheckId(security.Timestamp) ?? CheckId(exchangeElement) ?? CheckId(security.Token);

    private SoapFinding? CheckId(XmlElement element)
    {
        ReadOnlySpan<byte> id = SoapIds.Of(element).Span;
        if (!SoapIds.IsWellFormed(id))
        {
            return SoapFinding.At(SoapVerificationCode.IdMissing, element);
        }

        int count = SoapIds.Count(tape, id);
        return count == 1
            ? null
            : new SoapFinding(
                SoapVerificationCode.DuplicateId, new SignatureExplanation { Element = element.LocalName, Line = element.Line, Found = count });
    }

    private SoapFinding? TrustSigner()
    {
        foreach (XmlAttribute attribute in security.Token.Attributes)
        {
            bool isAllowed = attribute.Is(SoapNames.UtilityUri, "Id"u8)
                || (attribute.Is(default, "ValueType"u8) && attribute.ValueUtf8.Span.SequenceEqual(SoapNames.X509TokenType))
                || (attribute.Is(default, "EncodingType"u8) && attribute.ValueUtf8.Span.SequenceEqual(SoapNames.Base64Encoding));
            if (!isAllowed)
            {
                return SoapFinding.At(SoapVerificationCode.TokenMalformed, security.Token);
            }
        }

        SoapFinding? finding = SoapShape.OnlyText(security.Token);
        if (finding is not null)
        {
            return finding;
        }

        ReadOnlySpan<byte> text = security.Token.TextUtf8.Span;
        if (text.Length > MaxTokenText)
        {
            return SoapFinding.At(SoapVerificationCode.TokenMalformed, security.Token);
        }

        Span<byte> der = stackalloc byte[MaxTokenText * 3 / 4];
        if (!SoapShape.TryDecode(text, der, out int length) || length == 0)
        {
            return SoapFinding.At(SoapVerificationCode.TokenMalformed, security.Token);
        }

        if (!input.Trust.TryTrust(der[..length], input.Now, out signer, out TrustFault fault, out TrustChain? chain))
        {
            SoapFinding refused = SoapFinding.At(CodeOf(fault), security.Token);
            return refused with { Explanation = refused.Explanation with { CertificateSerial = chain?.Serial, Chain = chain?.ToString() } };
        }

        if (input.Now < signer.NotBefore || input.Now > signer.NotAfter)
        {
            bool isEarly = input.Now < signer.NotBefore;
            TimeSpan skew = isEarly ? signer.NotBefore - input.Now : input.Now - signer.NotAfter;
            return OfCertificate(
                isEarly ? SoapVerificationCode.CertificateNotYetValid : SoapVerificationCode.CertificateExpired, skew);
        }

        return SignatureAlgorithms.Fits(algorithm, signer.PublicKey)
            ? null
            : OfCertificate(SoapVerificationCode.SignatureAlgorithmKey, null);
    }

    private SoapFinding OfCertificate(SoapVerificationCode code, TimeSpan? skew) =>
        new(
            code,
            new SignatureExplanation
            {
                Element = "BinarySecurityToken",
                CertificateSerial = signer!.Certificate.SerialNumber,
                Chain = TrustChain.Of(signer.Chain).ToString(),
                SkewSeconds = skew?.TotalSeconds,
                Algorithm = code == SoapVerificationCode.SignatureAlgorithmKey ? SignatureAlgorithms.Identifier(algorithm) : null,
            });

    private static SoapVerificationCode CodeOf(TrustFault fault) => fault switch
    {
        TrustFault.Malformed => SoapVerificationCode.CertificateMalformed,
        TrustFault.WeakKey => SoapVerificationCode.CertificateWeakKey,
        TrustFault.UnsupportedKey => SoapVerificationCode.CertificateUnsupportedKey,
        TrustFault.KeyUsage => SoapVerificationCode.CertificateKeyUsage,
        TrustFault.WeakChain => SoapVerificationCode.CertificateWeakChain,
        TrustFault.CriticalExtension => SoapVerificationCode.CertificateCriticalExtension,
        _ => SoapVerificationCode.CertificateUntrusted,
    };

    private SoapFinding? VerifySignature()
    {
        ReadOnlySpan<byte> text = security.SignatureValue.TextUtf8.Span;
        Span<byte> value = stackalloc byte[MaxSignatureText];
        if (text.Length > MaxSignatureText || !SoapShape.TryDecode(text, value, out int length) || length == 0)
        {
            return SoapFinding.At(SoapVerificationCode.SignatureMalformed, security.SignatureValue);
        }

        using var canonical = new CanonicalBuffer(security.SignedInfo.OuterRange.Length + 512);
        ExclusiveCanonicalizer.Write(security.SignedInfo, canonical, signedInfoPrefixes);
        HashAlgorithmName name = SignatureAlgorithms.Hash(algorithm);
        Span<byte> hash = stackalloc byte[64];
        int hashLength = SignatureAlgorithms.ComputeHash(name, canonical.Written, hash);
        if (!SignatureAlgorithms.VerifyHash(algorithm, signer!.PublicKey, hash[..hashLength], value[..length]))
        {
            return new SoapFinding(
                SoapVerificationCode.SignatureInvalid,
                new SignatureExplanation
                {
                    Element = "SignedInfo",
                    Algorithm = SignatureAlgorithms.Identifier(algorithm),
                    Transform = ExclusiveCanonicalizer.Algorithm,
                    CanonicalLength = canonical.Count,
                    CertificateSerial = signer.Certificate.SerialNumber,
                });
        }

        signatureValue = value[..length].ToArray();
        signedInfoSha256 = name == HashAlgorithmName.SHA256 ? hash[..32].ToArray() : SHA256.HashData(canonical.Written);
        return null;
    }

    private SoapFinding? VerifyDigests()
    {
        covered = new SoapCoveredPart[3];
        using var canonical = new CanonicalBuffer(parts.Body.OuterRange.Length + 1024);
        SoapFinding? finding = VerifyDigest(Part.Timestamp, security.Timestamp, SoapVerificationCode.TimestampDigest, canonical)
            ?? VerifyDigest(Part.Exchange, exchangeElement, SoapVerificationCode.ExchangeDigest, canonical)
            ?? VerifyDigest(Part.Body, parts.Body, SoapVerificationCode.BodyDigest, canonical);
        if (finding is null)
        {
            // The Body came last: what is in the buffer is what was verified and what the application reads.
            body = canonical.Written.ToArray();
        }

        return finding;
    }

    private SoapFinding? VerifyDigest(Part part, XmlElement element, SoapVerificationCode refusal, CanonicalBuffer canonical)
    {
        SoapReference reference = references[(int)part];
        canonical.Clear();
        ExclusiveCanonicalizer.Write(element, canonical, reference.Prefixes);
        Span<byte> digest = stackalloc byte[64];
        int length = SignatureAlgorithms.ComputeHash(reference.Hash, canonical.Written, digest);
        covered[(int)part] = new SoapCoveredPart(part.ToString(), canonical.Count, reference.Hash.Name!);
        return CryptographicOperations.FixedTimeEquals(digest[..length], reference.Digest)
            ? null
            : new SoapFinding(refusal, Explain(part, element, reference, canonical.Count));
    }

    private SignatureExplanation Explain(Part part, XmlElement element, SoapReference reference, int length)
    {
        CanonicalDifference? difference = SecondForm(part) is { } second ? CanonicalDifference.Find(element, second, reference.Prefixes) : null;
        return new SignatureExplanation
        {
            Element = element.LocalName,
            Line = element.Line,
            Algorithm = reference.Hash.Name,
            Transform = ExclusiveCanonicalizer.Algorithm,
            CanonicalLength = length,
            Path = difference?.Path,
            DiffersAt = difference?.Offset,
        };
    }

    /// <summary>The same part of the message as this side knows it was signed, where it does.</summary>
    private XmlElement? SecondForm(Part part)
    {
        if (input.SecondForm is not { } second || !SoapEnvelope.TryRead(second, out SoapEnvelope known))
        {
            return null;
        }

        if (part == Part.Body)
        {
            return known.Body;
        }

        if (!known.Header.Exists)
        {
            return null;
        }

        foreach (XmlElement block in known.Header.Children)
        {
            if (part == Part.Exchange && block.Is(SoapNames.ExchangeUri, "Exchange"u8))
            {
                return block;
            }

            if (part == Part.Timestamp && block.Is(SoapNames.SecurityUri, "Security"u8) && SecurityHeader.Peek(block).Timestamp is { Exists: true } time)
            {
                return time;
            }
        }

        return null;
    }

    private SoapFinding? CheckTimes()
    {
        SoapFinding? finding = SoapShape.OneAttribute(security.Timestamp, SoapNames.UtilityUri, "Id"u8)
            ?? SoapShape.OnlyElements(security.Timestamp);
        if (finding is not null)
        {
            return finding;
        }

        int position = 0;
        foreach (XmlElement child in security.Timestamp.Children)
        {
            position++;
            bool isExpected = position == 1 ? child.Is(SoapNames.UtilityUri, "Created"u8)
                : position == 2 && child.Is(SoapNames.UtilityUri, "Expires"u8);
            finding = !isExpected ? SoapFinding.At(SoapVerificationCode.UnexpectedElement, child)
                : SoapShape.NoAttributes(child) ?? SoapShape.OnlyText(child);
            DateTimeOffset time = default;
            if (finding is null && !SoapTime.TryParse(child.TextUtf8.Span, out time))
            {
                finding = SoapFinding.At(SoapVerificationCode.TimestampMalformed, child);
            }

            if (finding is not null)
            {
                return finding;
            }

            (created, expires) = position == 1 ? (time, expires) : (created, time);
        }

        if (position < 2)
        {
            return SoapFinding.At(SoapVerificationCode.ElementMissing, security.Timestamp);
        }

        return expires <= created ? Late(SoapVerificationCode.TimestampOrder, "Expires", created - expires)
            : expires - created > input.MaximumLifetime ? Late(SoapVerificationCode.TimestampLifetime, "Expires", expires - created)
            : created - input.Now > input.AllowedSkew ? Late(SoapVerificationCode.TimestampInFuture, "Created", created - input.Now)
            : input.Now - expires > input.AllowedSkew ? Late(SoapVerificationCode.TimestampExpired, "Expires", input.Now - expires)
            : null;
    }

    private static SoapFinding Late(SoapVerificationCode code, string element, TimeSpan skew) =>
        new(code, new SignatureExplanation { Element = element, SkewSeconds = skew.TotalSeconds });
}
