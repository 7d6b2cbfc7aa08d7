using System.Security.Cryptography;
using Tunduk.Evidence.Signing;
using Tunduk.Xml;

namespace Tunduk.Evidence.Soap;

/// <summary>One ds:Reference of the profile: an id, one exclusive C14N transform, a digest.</summary>
internal sealed class SoapReference
{
    private const int MaxPrefixes = 32;

    public ReadOnlyMemory<byte> Id { get; private set; }

    public string[] Prefixes { get; private set; } = [];

    public HashAlgorithmName Hash { get; private set; }

    public byte[] Digest { get; private set; } = [];

    public SoapFinding? Read(XmlElement element)
    {
        SoapFinding? finding = ReadUri(element) ?? SoapShape.OnlyElements(element);
        if (finding is not null)
        {
            return finding;
        }

        int position = 0;
        foreach (XmlElement child in element.Children)
        {
            position++;
            finding = position switch
            {
                1 when child.Is(SoapNames.SignatureUri, "Transforms"u8) => ReadTransforms(child),
                1 when child.Is(SoapNames.SignatureUri, "DigestMethod"u8) =>
                    SoapFinding.Counted(SoapVerificationCode.TransformNotAllowed, "Transforms", 0),
                2 when child.Is(SoapNames.SignatureUri, "DigestMethod"u8) => ReadDigestMethod(child),
                3 when child.Is(SoapNames.SignatureUri, "DigestValue"u8) => ReadDigestValue(child),
                _ => SoapFinding.At(SoapVerificationCode.UnexpectedElement, child),
            };
            if (finding is not null)
            {
                return finding;
            }
        }

        return position == 3 ? null : SoapFinding.At(SoapVerificationCode.ElementMissing, element);
    }

    /// <summary>Exclusive C14N without comments, with or without a PrefixList; anything else is <paramref name="refusal"/>.</summary>
    public static SoapFinding? ReadCanonicalization(XmlElement element, SoapVerificationCode refusal, out string[] prefixes)
    {
        prefixes = [];
        SoapFinding? finding = SoapShape.OneAttribute(element, default, "Algorithm"u8) ?? SoapShape.OnlyElements(element);
        if (finding is not null)
        {
            return finding;
        }

        ReadOnlySpan<byte> algorithm = Algorithm(element);
        if (!algorithm.SequenceEqual(SoapNames.ExclusiveUri))
        {
            return new SoapFinding(
                refusal,
                new SignatureExplanation { Element = element.LocalName, Line = element.Line, Transform = KnownTransforms.Describe(algorithm) });
        }

        int children = 0;
        foreach (XmlElement child in element.Children)
        {
            children++;
            if (children > 1 || !child.Is(SoapNames.ExclusiveUri, "InclusiveNamespaces"u8))
            {
                return SoapFinding.At(SoapVerificationCode.UnexpectedElement, child);
            }

            finding = SoapShape.OneAttribute(child, default, "PrefixList"u8) ?? SoapShape.OnlyElements(child);
            if (finding is not null)
            {
                return finding;
            }

            child.TryGetAttribute("", "PrefixList", out XmlAttribute list);
            prefixes = list.Value.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
            if (prefixes.Length > MaxPrefixes)
            {
                return SoapFinding.Counted(refusal, "PrefixList", prefixes.Length);
            }
        }

        return null;
    }

    internal static ReadOnlySpan<byte> Algorithm(XmlElement element)
    {
        foreach (XmlAttribute attribute in element.Attributes)
        {
            if (attribute.Is(default, "Algorithm"u8))
            {
                return attribute.ValueUtf8.Span;
            }
        }

        return default;
    }

    private SoapFinding? ReadUri(XmlElement element)
    {
        foreach (XmlAttribute attribute in element.Attributes)
        {
            if (!attribute.Is(default, "URI"u8))
            {
                return SoapFinding.At(SoapVerificationCode.UnexpectedAttribute, element);
            }

            ReadOnlyMemory<byte> uri = attribute.ValueUtf8;
            if (uri.Length < 2 || uri.Span[0] != '#' || !SoapIds.IsWellFormed(uri.Span[1..]))
            {
                break;
            }

            Id = uri[1..];
        }

        return Id.IsEmpty ? SoapFinding.At(SoapVerificationCode.ReferenceUri, element) : null;
    }

    private SoapFinding? ReadTransforms(XmlElement element)
    {
        SoapFinding? finding = SoapShape.NoAttributes(element) ?? SoapShape.OnlyElements(element);
        int count = 0;
        foreach (XmlElement child in element.Children)
        {
            if (finding is not null)
            {
                break;
            }

            count++;
            string[] prefixes = [];
            finding = !child.Is(SoapNames.SignatureUri, "Transform"u8)
                ? SoapFinding.At(SoapVerificationCode.UnexpectedElement, child)
                : ReadCanonicalization(child, SoapVerificationCode.TransformNotAllowed, out prefixes);
            Prefixes = prefixes;
        }

        return finding ?? (count == 1 ? null : SoapFinding.Counted(SoapVerificationCode.TransformNotAllowed, "Transform", count));
    }

    private SoapFinding? ReadDigestMethod(XmlElement element)
    {
        SoapFinding? finding = SoapShape.OneAttribute(element, default, "Algorithm"u8) ?? SoapShape.NoContent(element);
        if (finding is not null)
        {
            return finding;
        }

        ReadOnlySpan<byte> identifier = Algorithm(element);
        Signing.AlgorithmVerdict verdict = Signing.SignatureAlgorithms.TryParseDigest(identifier, out HashAlgorithmName hash);
        Hash = hash;
        return verdict switch
        {
            Signing.AlgorithmVerdict.Allowed => null,
            Signing.AlgorithmVerdict.Weak => KnownTransforms.Refuse(SoapVerificationCode.DigestAlgorithmWeak, element, identifier, isKnown: true),
            _ => KnownTransforms.Refuse(SoapVerificationCode.DigestAlgorithmUnknown, element, identifier, isKnown: false),
        };
    }

    private SoapFinding? ReadDigestValue(XmlElement element)
    {
        SoapFinding? finding = SoapShape.NoAttributes(element) ?? SoapShape.OnlyText(element);
        if (finding is not null)
        {
            return finding;
        }

        ReadOnlySpan<byte> text = element.TextUtf8.Span;
        int length = Signing.SignatureAlgorithms.HashLength(Hash);
        byte[] digest = new byte[length];
        if (text.Length > 4 * length || !SoapShape.TryDecode(text, digest, out int written) || written != length)
        {
            return SoapFinding.At(SoapVerificationCode.DigestMalformed, element);
        }

        Digest = digest;
        return null;
    }
}
