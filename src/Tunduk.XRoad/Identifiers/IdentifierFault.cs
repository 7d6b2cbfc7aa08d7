namespace Tunduk.XRoad.Identifiers;

/// <summary>
/// What is wrong with an identifier: kind, the part it concerns, and the zero-based position of the character in that part
/// (-1 where no single character is meant). Never holds the text itself.
/// </summary>
public readonly record struct IdentifierFault(IdentifierFaultKind Kind, string Part, int Position)
{
    public static readonly IdentifierFault None = new(IdentifierFaultKind.None, string.Empty, -1);

    public bool IsNone => Kind == IdentifierFaultKind.None;

    /// <summary>The form that was expected, for the person who reads the refusal.</summary>
    public string Expected => Kind switch
    {
        IdentifierFaultKind.TooLong => $"at most {IdentifierRules.MaxPartLength} characters",
        IdentifierFaultKind.TooFewParts or IdentifierFaultKind.TooManyParts => Part,
        IdentifierFaultKind.Empty => "a name",
        IdentifierFaultKind.BrokenEncoding => "percent-encoded UTF-8",
        IdentifierFaultKind.WrongObjectType => Part,
        _ => "A-Z a-z 0-9 _ ' ( ) + , - . = ?",
    };

    /// <summary>What stood there, by class and place only.</summary>
    public string Found => Kind switch
    {
        IdentifierFaultKind.None => "nothing wrong",
        IdentifierFaultKind.Empty => "nothing",
        IdentifierFaultKind.TooFewParts => "fewer parts",
        IdentifierFaultKind.TooManyParts => "more parts",
        IdentifierFaultKind.TooLong => "a longer one",
        IdentifierFaultKind.Separator => At("slash or backslash"),
        IdentifierFaultKind.Percent => At("percent sign"),
        IdentifierFaultKind.ColonOrSemicolon => At("colon or semicolon"),
        IdentifierFaultKind.Control => At("control character"),
        IdentifierFaultKind.ZeroWidth => At("zero-width or direction character"),
        IdentifierFaultKind.ByteOrderMark => At("byte order mark"),
        IdentifierFaultKind.WhiteSpace => At("white space"),
        IdentifierFaultKind.NonAscii => At("character outside ASCII"),
        IdentifierFaultKind.OtherCharacter => At("character outside the X-Road set"),
        IdentifierFaultKind.DotSegment => "a dot segment",
        IdentifierFaultKind.BrokenEncoding => "a broken encoding",
        _ => "another object type",
    };

    public override string ToString() => IsNone ? "no fault" : $"{Part}: expected {Expected}, found {Found}";

    private string At(string what) => $"{what} at position {Position}";
}
