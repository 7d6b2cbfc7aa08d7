using System.Diagnostics.CodeAnalysis;

namespace Tunduk.Adapter.Keys;

/// <summary>The PKCS#11 URI of a key (RFC 7512): which token by label or serial number, which object by label or id. A PIN never stands in it.</summary>
internal sealed record TokenUri
{
    /// <summary>Scheme of the URI.</summary>
    public const string Scheme = "pkcs11:";

    private TokenUri(string text) => Text = text;

    /// <summary>The URI as given.</summary>
    public string Text { get; }

    /// <summary>Label of the token; null where the serial number names it.</summary>
    public string? Token { get; private init; }

    /// <summary>Serial number of the token.</summary>
    public string? Serial { get; private init; }

    /// <summary>Label of the key; null where the id names it.</summary>
    public string? Object { get; private init; }

    /// <summary>Id of the key; empty where the label names it.</summary>
    public ReadOnlyMemory<byte> Id { get; private init; }

    /// <summary>True when a setting names a key in a token.</summary>
    public static bool IsOne(string text) => text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a URI.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out TokenUri? uri, [NotNullWhen(false)] out KeyFault? fault)
    {
        uri = null;
        var parts = text[Math.Min(Scheme.Length, text.Length)..].Split(';', '?', '&').Select(part => part.Split('=', 2)).ToList();
        var known = parts.All(part => part.Length == 2 && part[0] is "token" or "serial" or "object" or "id" or "type" or "model" or "manufacturer");
        if (parts.Exists(part => part[0] is "pin-value" or "pin-source"))
        {
            return Refuse(Phrases.Of("Keys.PinStandsPkcs11"), Phrases.Of("Keys.TakeOutNamePasswordFile"), out fault);
        }

        if (!IsOne(text) || !known || parts.DistinctBy(part => part[0]).Count() != parts.Count)
        {
            return Refuse(Phrases.Of("Keys.NoPkcs11Uri"), Phrases.Of("Keys.ExamplePkcs11TokenObject"), out fault);
        }

        string? Of(string name) => parts.Find(part => part[0] == name) is { } part ? Uri.UnescapeDataString(part[1]) : null;
        var id = parts.Find(part => part[0] == "id") is { } bytes ? Bytes(bytes[1]) : [];
        uri = new TokenUri(text) { Token = Of("token"), Serial = Of("serial"), Object = Of("object"), Id = id };
        if ((uri.Token ?? uri.Serial) is null || (uri.Object is null && uri.Id.IsEmpty) || (Of("type") ?? "private") != "private")
        {
            uri = null;
            return Refuse(Phrases.Of("Keys.Pkcs11UriNames"), Phrases.Of("Keys.GiveTokenSerialObject"), out fault);
        }

        fault = null;
        return true;
    }

    /// <summary>The URI of the private key with the place of its PIN.</summary>
    public string WithPin(string file) => $"{Text}{(Text.Contains("type=", StringComparison.Ordinal) ? "" : ";type=private")}?pin-source=file:{file}";

    public override string ToString() => Text;

    /// <summary>Percent-encoded bytes, which need not be text.</summary>
    private static byte[] Bytes(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), System.Globalization.NumberStyles.HexNumber, null, out var value))
            {
                bytes.Add(value);
                i += 2;
            }
            else
            {
                bytes.Add((byte)text[i]);
            }
        }

        return [.. bytes];
    }

    private static bool Refuse(string problem, string remedy, out KeyFault fault)
    {
        fault = new KeyFault(KeyFaultCode.TokenUri, problem, remedy);
        return false;
    }
}
