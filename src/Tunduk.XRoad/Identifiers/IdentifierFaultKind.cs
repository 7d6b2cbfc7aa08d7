namespace Tunduk.XRoad.Identifiers;

/// <summary>Why a text is not an X-Road identifier: the shape of the whole, or the class of one character.</summary>
public enum IdentifierFaultKind
{
    None,

    /// <summary>No text at all, or an empty part where one is mandatory.</summary>
    Empty,

    /// <summary>Fewer parts between slashes than the kind of identifier has.</summary>
    TooFewParts,

    /// <summary>More parts between slashes than the kind of identifier has.</summary>
    TooManyParts,

    /// <summary>A part longer than <see cref="IdentifierRules.MaxPartLength"/> characters.</summary>
    TooLong,

    /// <summary>A slash or backslash inside a part (it would move the borders of the parts).</summary>
    Separator,

    /// <summary>A percent sign inside a part (it would be decoded a second time).</summary>
    Percent,

    /// <summary>A colon or semicolon inside a part (separators of X-Road's own string forms).</summary>
    ColonOrSemicolon,

    /// <summary>A C0 or C1 control character, or DEL.</summary>
    Control,

    /// <summary>A character without width or with an effect on direction (U+200B..U+200F, U+202A..U+202E, U+2060..U+2069, U+00AD).</summary>
    ZeroWidth,

    /// <summary>U+FEFF.</summary>
    ByteOrderMark,

    /// <summary>A space or another white-space character.</summary>
    WhiteSpace,

    /// <summary>A letter or sign outside ASCII (a Cyrillic code is refused by the certification authority too).</summary>
    NonAscii,

    /// <summary>A printable ASCII character that PR-MESS 2.1 does not list.</summary>
    OtherCharacter,

    /// <summary>A part that is "." or "..": a path step, not a name.</summary>
    DotSegment,

    /// <summary>A broken percent-encoding or one that is not UTF-8 (REST form only).</summary>
    BrokenEncoding,

    /// <summary>The object type before the colon is not the one asked for (X-Road string form only).</summary>
    WrongObjectType,
}
