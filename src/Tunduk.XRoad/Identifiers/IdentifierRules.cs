using System.Buffers;
using System.Globalization;

namespace Tunduk.XRoad.Identifiers;

/// <summary>
/// Which characters a part of an identifier may have. <see cref="Strict"/> is the default everywhere;
/// <see cref="AsSecurityServer"/> takes what a security server of version 7 takes without harm to anybody who reads the text later.
/// </summary>
public sealed class IdentifierRules
{
    /// <summary>Longest part in characters: the width of the security server's own columns.</summary>
    public const int MaxPartLength = 255;

    /// <summary>
    /// PR-MESS 2.1: letters, digits and <c>'()+,-.=?</c>. The underscore is not in that list but stands in subsystem codes
    /// that are registered and in daily use, so it is accepted.
    /// </summary>
    public static readonly IdentifierRules Strict = new("strict", asciiOnly: true);

    /// <summary>
    /// Letters and signs of any script and inner spaces too; still refused are the separators <c>/ \ % : ;</c>, control,
    /// zero-width and direction characters and U+FEFF (the set of X-Road's own check, and its relatives).
    /// </summary>
    public static readonly IdentifierRules AsSecurityServer = new("as-security-server", asciiOnly: false);

    private static readonly SearchValues<char> s_strict = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_'()+,-.=?");

    private readonly bool _asciiOnly;

    private IdentifierRules(string name, bool asciiOnly)
    {
        Name = name;
        _asciiOnly = asciiOnly;
    }

    public string Name { get; }

    /// <summary>Checks one part; <paramref name="part"/> is its name for the fault.</summary>
    public bool Check(ReadOnlySpan<char> value, string part, out IdentifierFault fault)
    {
        fault = IdentifierFault.None;
        if (value.IsEmpty)
        {
            fault = new IdentifierFault(IdentifierFaultKind.Empty, part, -1);
            return false;
        }

        if (value.Length > MaxPartLength)
        {
            fault = new IdentifierFault(IdentifierFaultKind.TooLong, part, -1);
            return false;
        }

        if (value is "." or "..")
        {
            fault = new IdentifierFault(IdentifierFaultKind.DotSegment, part, -1);
            return false;
        }

        int at = value.IndexOfAnyExcept(s_strict);
        while (at >= 0)
        {
            IdentifierFaultKind kind = Classify(value, at);
            if (_asciiOnly || IsNeverAccepted(kind, value, at))
            {
                fault = new IdentifierFault(kind, part, at);
                return false;
            }

            int next = value[(at + 1)..].IndexOfAnyExcept(s_strict);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return true;
    }

    private static bool IsNeverAccepted(IdentifierFaultKind kind, ReadOnlySpan<char> value, int at) => kind switch
    {
        IdentifierFaultKind.NonAscii or IdentifierFaultKind.OtherCharacter => false,
        IdentifierFaultKind.WhiteSpace => at == 0 || at == value.Length - 1 || value[at] != ' ',
        _ => true,
    };

    private static IdentifierFaultKind Classify(ReadOnlySpan<char> value, int at)
    {
        char c = value[at];
        return c switch
        {
            '/' or '\\' => IdentifierFaultKind.Separator,
            '%' => IdentifierFaultKind.Percent,
            ':' or ';' => IdentifierFaultKind.ColonOrSemicolon,
            '\uFEFF' => IdentifierFaultKind.ByteOrderMark,
            '\u00AD' or (>= '\u200B' and <= '\u200F') or (>= '\u202A' and <= '\u202E') or (>= '\u2060' and <= '\u206F') => IdentifierFaultKind.ZeroWidth,
            _ when char.IsControl(c) => IdentifierFaultKind.Control,
            _ when char.IsWhiteSpace(c) => IdentifierFaultKind.WhiteSpace,
            // A lone surrogate has no UTF-8 form; other format characters are as invisible as a zero-width space.
            _ when char.IsSurrogate(c) && !IsPair(value, at) => IdentifierFaultKind.Control,
            _ when char.GetUnicodeCategory(c) == UnicodeCategory.Format => IdentifierFaultKind.ZeroWidth,
            < '\u0080' => IdentifierFaultKind.OtherCharacter,
            _ => IdentifierFaultKind.NonAscii,
        };
    }

    private static bool IsPair(ReadOnlySpan<char> value, int at) => char.IsHighSurrogate(value[at])
        ? at + 1 < value.Length && char.IsLowSurrogate(value[at + 1])
        : at > 0 && char.IsHighSurrogate(value[at - 1]);
}
