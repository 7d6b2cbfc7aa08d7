using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tunduk.Adapter.Grants;

/// <summary>
/// What an approver signs: lines of text that name the act, who asks, the grant, and the digest of the exact request. The request
/// holds a nonce, so that the digest tells nothing of the values searched for.
/// </summary>
internal sealed record ApprovalStatement(string Act, string Reader, string Grant, string RequestSha256, DateTimeOffset Until)
{
    private const string Format = "tunduk-approval/1";
    private const int LongestText = 2048;

    /// <summary>Digest of the request's canonical JSON.</summary>
    public static string Digest(ReadOnlySpan<byte> request) => Convert.ToHexStringLower(SHA256.HashData(request));

    /// <summary>The statement as it is signed.</summary>
    public string ToText() => string.Create(CultureInfo.InvariantCulture,
        $"{Format}\nact {Act}\nreader {Reader}\ngrant {Grant}\nrequest {RequestSha256}\nuntil {Until.ToUnixTimeSeconds()}\n");

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(ToText());

    /// <summary>Reads the one spelling a statement has.</summary>
    public static ApprovalStatement? TryParse(string text)
    {
        string[] lines = text.Length > LongestText ? [] : text.Split('\n');
        if (lines.Length != 7 || !long.TryParse(lines[5].AsSpan(Math.Min(6, lines[5].Length)), NumberStyles.None, CultureInfo.InvariantCulture, out long until) || until > 253_402_300_799)
        {
            return null;
        }

        ApprovalStatement read = new(After(lines[1], "act "), After(lines[2], "reader "), After(lines[3], "grant "), After(lines[4], "request "), DateTimeOffset.FromUnixTimeSeconds(until));
        return string.Equals(read.ToText(), text, StringComparison.Ordinal) ? read : null;
    }

    private static string After(string line, string name) => line.StartsWith(name, StringComparison.Ordinal) ? line[name.Length..] : string.Empty;
}
