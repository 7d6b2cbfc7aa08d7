using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Tunduk.Evidence.Canonicalization;
using Tunduk.Evidence.Signing;
using Tunduk.Xml;

namespace Tunduk.Evidence.Soap;

// Over 300 lines: the profile's header is written in one piece, so that what is digested and what is sent are seen to be the same.

/// <summary>The work of <see cref="SoapSignature"/>: checks, digests, and the pieces around the signature value.</summary>
internal static class SoapSignatureBuilder
{
    public static SoapSignatureFault Check(XmlTape tape, SoapSignatureInput input, out SoapEnvelope parts)
    {
        if (!SoapEnvelope.TryRead(tape, out parts))
        {
            return SoapSignatureFault.EnvelopeShape;
        }

        if (!input.ReplaceExisting && ExistingBlocks(parts.Header).Count > 0)
        {
            return SoapSignatureFault.AlreadySigned;
        }

        if (HasComment(tape))
        {
            return SoapSignatureFault.Comment;
        }

        // Requests pass byte for byte; responses are re-serialised by the provider's security server.
        if (input.Direction == SoapDirection.Response)
        {
            if (tape.ProcessingInstructionCount > 0)
            {
                return SoapSignatureFault.ProcessingInstruction;
            }

            if (HasAttributeWhiteSpace(tape))
            {
                return SoapSignatureFault.AttributeWhiteSpace;
            }
        }

        return ExchangeValues.AreSound(input) ? SoapSignatureFault.None : SoapSignatureFault.ExchangeValues;
    }

    /// <summary>The prepared signature; null if the Body's own id cannot be referenced.</summary>
    public static PreparedSoapSignature? BuildOrNull(XmlTape tape, SoapEnvelope parts, SoapSignatureInput input)
    {
        ReadOnlyMemory<byte> ownId = SoapIds.Of(parts.Body);
        bool hasId = HasId(parts.Body);
        if (hasId && (!SoapIds.IsWellFormed(ownId.Span) || SoapIds.Count(tape, ownId.Span) != 1))
        {
            return null;
        }

        Span<byte> ids = stackalloc byte[34 * 4];
        NewIds(ids);
        Span<byte> bodyId = ids[..34];
        Span<byte> timestampId = ids.Slice(34, 34);
        Span<byte> exchangeId = ids.Slice(68, 34);
        Span<byte> tokenId = ids.Slice(102, 34);
        byte[] prefix = hasId ? [] : FreePrefix(tape);
        byte[] bodyAttribute = hasId ? [] : BodyAttribute(prefix, bodyId);
        ReadOnlySpan<byte> referencedBody = hasId ? ownId.Span : bodyId;

        HashAlgorithmName hash = SignatureAlgorithms.Hash(input.Algorithm);
        int hashLength = SignatureAlgorithms.HashLength(hash);
        Span<byte> digests = stackalloc byte[64 * 3];
        string[] prefixes = QNamePrefixes.Find(parts.Body);

        using var buffer = new CanonicalBuffer(tape.Source.Length + 4096);
        var covered = new SoapCoveredPart[3];
        ExclusiveCanonicalizer.Write(
            parts.Body, buffer, hasId ? default : new ApexAttribute(prefix, SoapNames.UtilityUri, "Id"u8, bodyId), prefixes);
        covered[0] = Digest("Body", hash, buffer.Written, digests[..hashLength]);

        buffer.Clear();
        WriteTimestamp(input, timestampId, buffer);
        byte[] timestamp = buffer.Written.ToArray();
        covered[1] = Digest("Timestamp", hash, timestamp, digests.Slice(64, hashLength));

        buffer.Clear();
        SoapExchange exchange = ExchangeOf(input, parts);
        SoapExchangeWriter.Write(exchange, exchangeId, buffer);
        byte[] exchangeBlock = buffer.Written.ToArray();
        covered[2] = Digest("Exchange", hash, exchangeBlock, digests.Slice(128, hashLength));

        buffer.Clear();
        WriteSignedInfo(
            input.Algorithm, hash, referencedBody, prefixes, timestampId, exchangeId, digests, hashLength, buffer);
        byte[] signedInfo = buffer.Written.ToArray();

        buffer.Clear();
        AppendUpToHeaderEnd(tape, parts, input.ReplaceExisting, buffer);
        WriteSecurity(input, exchangeBlock, timestamp, tokenId, signedInfo, buffer);
        byte[] before = buffer.Written.ToArray();

        buffer.Clear();
        WriteAfterValue(tape, parts, tokenId, bodyAttribute, buffer);
        return new PreparedSoapSignature(before, buffer.Written.ToArray(), signedInfo, exchange, covered);
    }

    private static bool HasId(XmlElement body)
    {
        foreach (XmlAttribute attribute in body.Attributes)
        {
            if (attribute.Is(SoapNames.UtilityUri, "Id"u8))
            {
                return true;
            }
        }

        return false;
    }

    private static List<XmlElement> ExistingBlocks(XmlElement header)
    {
        var blocks = new List<XmlElement>();
        if (header.Exists)
        {
            foreach (XmlElement block in header.Children)
            {
                if (block.Is(SoapNames.SecurityUri, "Security"u8) || block.Is(SoapNames.ExchangeUri, "Exchange"u8))
                {
                    blocks.Add(block);
                }
            }
        }

        return blocks;
    }

    private static bool HasComment(XmlTape tape)
    {
        int end = tape.Root.OuterRange.End;
        for (int i = tape.RootIndex; tape.CommentCount > 0 && i < tape.NodeCount; i++)
        {
            if (tape.Nodes[i].Kind == XmlNodeKind.Comment && tape.Nodes[i].Start < end)
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasAttributeWhiteSpace(XmlTape tape)
    {
        ReadOnlySpan<byte> source = tape.Source.Span;
        for (int i = 0; i < tape.AttributeCount; i++)
        {
            ref XmlAttributeEntry entry = ref tape.AttributeEntries[i];
            if (entry.NeedsDecoding
                && (source[entry.ValueStart..entry.ValueEnd].IndexOfAny("\t\r\n"u8) >= 0
                    || new XmlAttribute(tape, i).ValueUtf8.Span.IndexOfAny("\t\r\n"u8) >= 0))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Four identifiers of one random number, told apart by their first letter.</summary>
    private static void NewIds(Span<byte> ids)
    {
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        Convert.TryToHexStringLower(random, ids[2..34], out _);
        for (int i = 0; i < 4; i++)
        {
            Span<byte> id = ids.Slice(i * 34, 34);
            ids[2..34].CopyTo(id[2..]);
            id[0] = "btxk"u8[i];
            id[1] = (byte)'-';
        }
    }

    /// <summary>A prefix for the Body's id that nothing in the message declares.</summary>
    private static byte[] FreePrefix(XmlTape tape)
    {
        byte[] prefix = "wsu"u8.ToArray();
        for (int tried = 1; QNamePrefixes.IsDeclared(tape, prefix); tried++)
        {
            prefix = Encoding.UTF8.GetBytes($"wsu{tried}");
        }

        return prefix;
    }

    /// <summary>The text put behind the Body's name.</summary>
    private static byte[] BodyAttribute(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> id)
    {
        using var buffer = new CanonicalBuffer(256);
        var xml = new CanonicalXml(buffer);
        xml.Namespace(prefix, SoapNames.UtilityUri);
        xml.Attribute([.. prefix, .. ":Id"u8], id);
        xml.Flush();
        return buffer.Written.ToArray();
    }

    private static SoapCoveredPart Digest(string name, HashAlgorithmName hash, ReadOnlySpan<byte> canonical, Span<byte> digest)
    {
        SignatureAlgorithms.ComputeHash(hash, canonical, digest);
        return new SoapCoveredPart(name, canonical.Length, hash.Name!);
    }

    private static SoapExchange ExchangeOf(SoapSignatureInput input, SoapEnvelope parts) => new()
    {
        Kind = parts.Kind(input.Direction),
        Headers = input.Headers,
        Attachments = input.Attachments,
        Checkpoint = input.Checkpoint,
        RequestHash = input.Request?.Sha512 ?? default,
        SignatureConfirmation = input.Request?.SignatureValue ?? default,
    };

    private static void WriteTimestamp(SoapSignatureInput input, ReadOnlySpan<byte> id, CanonicalBuffer buffer)
    {
        Span<byte> time = stackalloc byte[SoapTime.Length];
        var xml = new CanonicalXml(buffer);
        xml.Start("wsu:Timestamp"u8);
        xml.Namespace("wsu"u8, SoapNames.UtilityUri);
        xml.Attribute("wsu:Id"u8, id);
        xml.Plain("><wsu:Created>"u8);
        SoapTime.Write(input.Created, time);
        xml.Plain(time);
        xml.Plain("</wsu:Created><wsu:Expires>"u8);
        SoapTime.Write(input.Expires, time);
        xml.Plain(time);
        xml.Plain("</wsu:Expires></wsu:Timestamp>"u8);
        xml.Flush();
    }

    private static void WriteSignedInfo(
        SignatureAlgorithm algorithm,
        HashAlgorithmName hash,
        ReadOnlySpan<byte> bodyId,
        string[] prefixes,
        ReadOnlySpan<byte> timestampId,
        ReadOnlySpan<byte> exchangeId,
        ReadOnlySpan<byte> digests,
        int hashLength,
        CanonicalBuffer buffer)
    {
        var xml = new CanonicalXml(buffer);
        xml.Start("ds:SignedInfo"u8);
        xml.Namespace("ds"u8, SoapNames.SignatureUri);
        xml.Plain("><ds:CanonicalizationMethod"u8);
        xml.Attribute("Algorithm"u8, SoapNames.ExclusiveUri);
        xml.Plain("></ds:CanonicalizationMethod><ds:SignatureMethod"u8);
        xml.Attribute("Algorithm"u8, SignatureAlgorithms.IdentifierUtf8(algorithm));
        xml.Plain("></ds:SignatureMethod>"u8);
        WriteReference(ref xml, bodyId, prefixes, hash, digests[..hashLength]);
        WriteReference(ref xml, timestampId, [], hash, digests.Slice(64, hashLength));
        WriteReference(ref xml, exchangeId, [], hash, digests.Slice(128, hashLength));
        xml.End("ds:SignedInfo"u8);
        xml.Flush();
    }

    private static void WriteReference(
        ref CanonicalXml xml, ReadOnlySpan<byte> id, string[] prefixes, HashAlgorithmName hash, ReadOnlySpan<byte> digest)
    {
        xml.Plain("<ds:Reference URI=\"#"u8);
        xml.Plain(id);
        xml.Plain("\"><ds:Transforms><ds:Transform"u8);
        xml.Attribute("Algorithm"u8, SoapNames.ExclusiveUri);
        xml.EndStart();
        if (prefixes.Length > 0)
        {
            xml.Start("ec:InclusiveNamespaces"u8);
            xml.Namespace("ec"u8, SoapNames.ExclusiveUri);
            xml.Attribute("PrefixList"u8, string.Join(' ', prefixes));
            xml.Plain("></ec:InclusiveNamespaces>"u8);
        }

        xml.Plain("</ds:Transform></ds:Transforms><ds:DigestMethod"u8);
        xml.Attribute("Algorithm"u8, SignatureAlgorithms.DigestIdentifier(hash));
        xml.Plain("></ds:DigestMethod><ds:DigestValue>"u8);
        xml.Base64(digest);
        xml.Plain("</ds:DigestValue></ds:Reference>"u8);
    }

    /// <summary>The source up to where our blocks begin, inside the Header, made for it if there is none.</summary>
    private static void AppendUpToHeaderEnd(XmlTape tape, SoapEnvelope parts, bool replaceExisting, CanonicalBuffer buffer)
    {
        ReadOnlySpan<byte> source = tape.Source.Span;
        if (!parts.Header.Exists)
        {
            buffer.Write(source[..parts.Body.OuterRange.Start]);
            buffer.Write("<"u8);
            buffer.Write(HeaderName(parts, source));
            buffer.Write(">"u8);
            return;
        }

        if (parts.Header.IsEmptyTag)
        {
            buffer.Write(source[..(parts.Header.OuterRange.End - 2)]);
            buffer.Write(">"u8);
            return;
        }

        int from = 0;
        if (replaceExisting)
        {
            foreach (XmlElement block in ExistingBlocks(parts.Header))
            {
                buffer.Write(source[from..block.OuterRange.Start]);
                from = block.OuterRange.End;
            }
        }

        buffer.Write(source[from..parts.Header.InnerRange.End]);
    }

    private static void WriteSecurity(
        SoapSignatureInput input,
        ReadOnlySpan<byte> exchange,
        ReadOnlySpan<byte> timestamp,
        ReadOnlySpan<byte> tokenId,
        ReadOnlySpan<byte> signedInfo,
        CanonicalBuffer buffer)
    {
        buffer.Write(exchange);
        var xml = new CanonicalXml(buffer);
        xml.Start("wsse:Security"u8);
        xml.Namespace("wsse"u8, SoapNames.SecurityUri);
        xml.Plain("><wsse:BinarySecurityToken"u8);
        xml.Namespace("wsu"u8, SoapNames.UtilityUri);
        xml.Attribute("EncodingType"u8, SoapNames.Base64Encoding);
        xml.Attribute("ValueType"u8, SoapNames.X509TokenType);
        xml.Attribute("wsu:Id"u8, tokenId);
        xml.EndStart();
        xml.Base64(input.Certificate.RawDataMemory.Span);
        xml.Plain("</wsse:BinarySecurityToken>"u8);
        xml.Plain(timestamp);
        xml.Start("ds:Signature"u8);
        xml.Namespace("ds"u8, SoapNames.SignatureUri);
        xml.EndStart();
        xml.Plain(signedInfo);
        xml.Plain("<ds:SignatureValue>"u8);
        xml.Flush();
    }

    private static void WriteAfterValue(
        XmlTape tape, SoapEnvelope parts, ReadOnlySpan<byte> tokenId, ReadOnlySpan<byte> bodyAttribute, CanonicalBuffer buffer)
    {
        var xml = new CanonicalXml(buffer);
        xml.Plain("</ds:SignatureValue><ds:KeyInfo><wsse:SecurityTokenReference><wsse:Reference URI=\"#"u8);
        xml.Plain(tokenId);
        xml.Plain("\""u8);
        xml.Attribute("ValueType"u8, SoapNames.X509TokenType);
        xml.Plain("></wsse:Reference></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature></wsse:Security>"u8);
        xml.Flush();

        ReadOnlySpan<byte> source = tape.Source.Span;
        int from = parts.Header.Exists ? parts.Header.InnerRange.End : parts.Body.OuterRange.Start;
        if (!parts.Header.Exists || parts.Header.IsEmptyTag)
        {
            buffer.Write("</"u8);
            buffer.Write(HeaderName(parts, source));
            buffer.Write(">"u8);
        }

        int bodyName = parts.Body.NameRange.End;
        buffer.Write(source[from..bodyName]);
        buffer.Write(bodyAttribute);
        buffer.Write(source[bodyName..]);
    }

    private static ReadOnlySpan<byte> HeaderName(SoapEnvelope parts, ReadOnlySpan<byte> source) =>
        parts.Header.Exists
            ? parts.Header.NameRange.Of(source)
            : parts.Root.Prefix.Length == 0 ? "Header"u8 : Encoding.UTF8.GetBytes(parts.Root.Prefix + ":Header");
}
