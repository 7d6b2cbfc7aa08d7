using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tunduk.Evidence.Canonicalization;
using Tunduk.Evidence.Signing;
using Tunduk.Xml;

namespace Tunduk.Evidence.Tests.Soap.Attacks;

/// <summary>Edits of signed messages, and signing again as a misbehaving holder of a trusted key would.</summary>
internal static class Tampering
{
    private const string Utility = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

    /// <summary>Replaces text that must be there.</summary>
    public static string Swap(this string message, string old, string replacement)
    {
        int at = message.IndexOf(old, StringComparison.Ordinal);
        at.ShouldBeGreaterThanOrEqualTo(0, $"the message has no {old}");
        return message[..at] + replacement + message[(at + old.Length)..];
    }

    /// <summary>The first element with this qualified name, tags included.</summary>
    public static string Piece(this string message, string name)
    {
        int start = message.IndexOf("<" + name, StringComparison.Ordinal);
        int end = message.IndexOf("</" + name + ">", start, StringComparison.Ordinal) + name.Length + 3;
        return message[start..end];
    }

    /// <summary>The text of the Timestamp's end.</summary>
    public static string Expires(this string message) => message.Piece("wsu:Expires")["<wsu:Expires>".Length..^"</wsu:Expires>".Length];

    /// <summary>Another end of the Timestamp, by days.</summary>
    public static string ExpiresIn(this string message, int days) =>
        DateTimeOffset.Parse(message.Expires(), CultureInfo.InvariantCulture).AddDays(days).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    /// <summary>The wsu:Id of the first element with this qualified name.</summary>
    public static string IdOf(this string message, string name)
    {
        string piece = message.Piece(name);
        int start = piece.IndexOf("wsu:Id=\"", StringComparison.Ordinal) + 8;
        return piece[start..piece.IndexOf('"', start)];
    }

    public static string Cut(this string message, string name) => message.Swap(message.Piece(name), "");

    /// <summary>Puts something before the end of the Header.</summary>
    public static string IntoHeader(this string message, string block) => message.Swap("</soapenv:Header>", block + "</soapenv:Header>");

    /// <summary>The reference to a part, as written.</summary>
    public static string ReferenceTo(this string message, string name)
    {
        string id = message.IdOf(name);
        int start = message.IndexOf($"<ds:Reference URI=\"#{id}\"", StringComparison.Ordinal);
        int end = message.IndexOf("</ds:Reference>", start, StringComparison.Ordinal) + "</ds:Reference>".Length;
        return message[start..end];
    }

    /// <summary>Computes every digest and the signature anew over the message as it now is.</summary>
    public static string Resigned(this string message, TestSigner signer, bool withDigests = true)
    {
        if (withDigests)
        {
            int count = References(message).Count;
            for (int i = 0; i < count; i++)
            {
                message = Redigested(message, i);
            }
        }

        using XmlTape tape = SoapMessages.Parse(message);
        XmlElement signature = Find(tape.Root, "SignedInfo").Parent;
        byte[] value = signer.Sign(ExclusiveCanonicalizer.ToArray(Find(signature, "SignedInfo")));
        return Patch(message, Find(signature, "SignatureValue"), Convert.ToBase64String(value));
    }

    private static string Redigested(string message, int index)
    {
        using XmlTape tape = SoapMessages.Parse(message);
        XmlElement reference = References(tape)[index];
        XmlElement part = reference.TryGetAttribute("", "URI", out XmlAttribute uri) && uri.Value.StartsWith('#') ? FindById(tape.Root, uri.Value[1..]) : default;
        if (!part.Exists)
        {
            return message;
        }

        XmlElement list = Find(reference, "InclusiveNamespaces");
        string[] prefixes = list.Exists ? list.Attributes.First().Value.Split(' ') : [];
        byte[] canonical = ExclusiveCanonicalizer.ToArray(part, prefixes);
        Find(reference, "DigestMethod").TryGetAttribute("", "Algorithm", out XmlAttribute method);
#pragma warning disable RS0030, CA5350, CA5351 // Weak digests are made here to see them refused.
        byte[] digest = method.Value switch
        {
            var weak when weak.EndsWith("#sha1", StringComparison.Ordinal) => SHA1.HashData(canonical),
            var weak when weak.EndsWith("#md5", StringComparison.Ordinal) => MD5.HashData(canonical),
            var strong when strong.EndsWith("#sha512", StringComparison.Ordinal) => SHA512.HashData(canonical),
            _ => SHA256.HashData(canonical),
        };
#pragma warning restore RS0030, CA5350, CA5351
        XmlElement value = Find(reference, "DigestValue");
        return value.Exists ? Patch(message, value, Convert.ToBase64String(digest)) : message;
    }

    private static List<XmlElement> References(string message)
    {
        using XmlTape tape = SoapMessages.Parse(message);
        return References(tape);
    }

    private static List<XmlElement> References(XmlTape tape) =>
        [.. Find(tape.Root, "SignedInfo").Children.Where(child => child.LocalName == "Reference")];

    private static XmlElement Find(XmlElement from, string name)
    {
        if (from.LocalName == name)
        {
            return from;
        }

        foreach (XmlElement child in from.Children)
        {
            XmlElement found = Find(child, name);
            if (found.Exists)
            {
                return found;
            }
        }

        return default;
    }

    private static XmlElement FindById(XmlElement from, string id)
    {
        if (from.TryGetAttribute(Utility, "Id", out XmlAttribute attribute) && attribute.Value == id)
        {
            return from;
        }

        foreach (XmlElement child in from.Children)
        {
            XmlElement found = FindById(child, id);
            if (found.Exists)
            {
                return found;
            }
        }

        return default;
    }

    private static string Patch(string message, XmlElement element, string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(message);
        return Encoding.UTF8.GetString(
            [.. utf8[..element.InnerRange.Start], .. Encoding.UTF8.GetBytes(text), .. utf8[element.InnerRange.End..]]);
    }
}
