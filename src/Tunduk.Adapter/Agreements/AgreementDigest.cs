using System.Security.Cryptography;

namespace Tunduk.Adapter.Agreements;

/// <summary>SHA-256 of the bytes of an agreement document: names the exact text that was in force.</summary>
internal readonly record struct AgreementDigest
{
    private readonly string? hex;

    private AgreementDigest(string hex) => this.hex = hex;

    public static AgreementDigest Of(ReadOnlySpan<byte> document) => new(Convert.ToHexStringLower(SHA256.HashData(document)));

    public static AgreementDigest Parse(string text) =>
        TryParse(text, out AgreementDigest digest) ? digest : throw new FormatException("a SHA-256 digest is 64 hexadecimal digits");

    /// <summary>64 hexadecimal digits, in either case, with or without colons or the prefix <c>sha256:</c>.</summary>
    public static bool TryParse(string? text, out AgreementDigest digest)
    {
        digest = default;
        if (text is null)
        {
            return false;
        }

        text = text.StartsWith("sha256:", StringComparison.OrdinalIgnoreCase) ? text[7..] : text;
        text = text.Replace(":", string.Empty, StringComparison.Ordinal);
        if (text.Length != 64 || !text.All(char.IsAsciiHexDigit))
        {
            return false;
        }

        digest = new AgreementDigest(text.ToLowerInvariant());
        return true;
    }

    public override string ToString() => hex ?? string.Empty;
}
