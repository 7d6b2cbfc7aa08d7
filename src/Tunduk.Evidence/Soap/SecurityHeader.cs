using Tunduk.Xml;

namespace Tunduk.Evidence.Soap;

/// <summary>One wsse:Security header: its parts, each exactly once, in any order.</summary>
internal sealed class SecurityHeader
{
    public required XmlElement Element { get; init; }

    public XmlElement Timestamp { get; private set; }

    public XmlElement Token { get; private set; }

    public XmlElement Signature { get; private set; }

    public XmlElement SignedInfo { get; private set; }

    public XmlElement SignatureValue { get; private set; }

    public XmlElement KeyInfo { get; private set; }

    /// <summary>Finds the parts leniently: for telling whose header it is.</summary>
    public static SecurityHeader Peek(XmlElement security)
    {
        var header = new SecurityHeader { Element = security };
        foreach (XmlElement child in security.Children)
        {
            if (child.Is(SoapNames.SecurityUri, "BinarySecurityToken"u8))
            {
                header.Token = child;
            }
            else if (child.Is(SoapNames.UtilityUri, "Timestamp"u8))
            {
                header.Timestamp = child;
            }
            else if (child.Is(SoapNames.SignatureUri, "Signature"u8))
            {
                header.Signature = child;
                header.SignedInfo = Child(child, "SignedInfo"u8);
                header.SignatureValue = Child(child, "SignatureValue"u8);
            }
        }

        return header;
    }

    /// <summary>Reads the parts strictly.</summary>
    public SoapFinding? Read()
    {
        int timestamps = 0;
        int tokens = 0;
        int signatures = 0;
        foreach (XmlElement child in Element.Children)
        {
            if (child.Is(SoapNames.UtilityUri, "Timestamp"u8))
            {
                timestamps++;
                Timestamp = child;
            }
            else if (child.Is(SoapNames.SecurityUri, "BinarySecurityToken"u8))
            {
                tokens++;
                Token = child;
            }
            else if (child.Is(SoapNames.SignatureUri, "Signature"u8))
            {
                signatures++;
                Signature = child;
            }
            else
            {
                return SoapFinding.At(SoapVerificationCode.UnexpectedElement, child);
            }
        }

        return Once(signatures, "Signature", SoapVerificationCode.SignatureMissing, SoapVerificationCode.MultipleSignatures)
            ?? Once(timestamps, "Timestamp", SoapVerificationCode.TimestampMissing, SoapVerificationCode.MultipleTimestamps)
            ?? Once(tokens, "BinarySecurityToken", SoapVerificationCode.TokenMissing, SoapVerificationCode.MultipleTokens)
            ?? SoapShape.NoAttributes(Element)
            ?? SoapShape.OnlyElements(Element)
            ?? ReadSignature();
    }

    private SoapFinding? ReadSignature()
    {
        int position = 0;
        foreach (XmlElement child in Signature.Children)
        {
            position++;
            switch (position)
            {
                case 1 when child.Is(SoapNames.SignatureUri, "SignedInfo"u8):
                    SignedInfo = child;
                    break;
                case 2 when child.Is(SoapNames.SignatureUri, "SignatureValue"u8):
                    SignatureValue = child;
                    break;
                case 3 when child.Is(SoapNames.SignatureUri, "KeyInfo"u8):
                    KeyInfo = child;
                    break;
                default:
                    return SoapFinding.At(SoapVerificationCode.UnexpectedElement, child);
            }
        }

        return position < 3
            ? SoapFinding.At(SoapVerificationCode.ElementMissing, Signature)
            : SoapShape.NoAttributes(Signature)
                ?? SoapShape.OnlyElements(Signature)
                ?? SoapShape.NoAttributes(SignatureValue)
                ?? SoapShape.OnlyText(SignatureValue);
    }

    private static XmlElement Child(XmlElement signature, ReadOnlySpan<byte> name)
    {
        foreach (XmlElement child in signature.Children)
        {
            if (child.Is(SoapNames.SignatureUri, name))
            {
                return child;
            }
        }

        return default;
    }

    private static SoapFinding? Once(int count, string name, SoapVerificationCode missing, SoapVerificationCode multiple) =>
        count switch
        {
            1 => null,
            0 => SoapFinding.Of(missing, name),
            _ => SoapFinding.Counted(multiple, name, count),
        };
}
