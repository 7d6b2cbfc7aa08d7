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
        IdentifierFaultKind.TooLong => Phrases.Of("Identifiers.MostCharacters", IdentifierRules.MaxPartLength),
        IdentifierFaultKind.TooFewParts or IdentifierFaultKind.TooManyParts => Part,
        IdentifierFaultKind.Empty => Phrases.Of("Identifiers.Name"),
        IdentifierFaultKind.BrokenEncoding => Phrases.Of("Identifiers.PercentEncodedUtf8"),
        IdentifierFaultKind.WrongObjectType => Part,
        _ => "A-Z a-z 0-9 _ ' ( ) + , - . = ?",
    };

    /// <summary>What stood there, by class and place only.</summary>
    public string Found => Kind switch
    {
        IdentifierFaultKind.None => Phrases.Of("Identifiers.NothingWrong"),
        IdentifierFaultKind.Empty => Phrases.Of("Identifiers.Nothing"),
        IdentifierFaultKind.TooFewParts => Phrases.Of("Identifiers.FewerParts"),
        IdentifierFaultKind.TooManyParts => Phrases.Of("Identifiers.MoreParts"),
        IdentifierFaultKind.TooLong => Phrases.Of("Identifiers.Longer"),
        IdentifierFaultKind.Separator => At(Phrases.Of("Identifiers.SlashBackslash")),
        IdentifierFaultKind.Percent => At(Phrases.Of("Identifiers.PercentSign")),
        IdentifierFaultKind.ColonOrSemicolon => At(Phrases.Of("Identifiers.ColonSemicolon")),
        IdentifierFaultKind.Control => At(Phrases.Of("Identifiers.ControlCharacter")),
        IdentifierFaultKind.ZeroWidth => At(Phrases.Of("Identifiers.ZeroWidthDirectionCharacter")),
        IdentifierFaultKind.ByteOrderMark => At(Phrases.Of("Identifiers.ByteOrderMark")),
        IdentifierFaultKind.WhiteSpace => At(Phrases.Of("Identifiers.WhiteSpace")),
        IdentifierFaultKind.NonAscii => At(Phrases.Of("Identifiers.CharacterOutsideAscii")),
        IdentifierFaultKind.OtherCharacter => At(Phrases.Of("Identifiers.CharacterOutsideXRoad")),
        IdentifierFaultKind.DotSegment => Phrases.Of("Identifiers.DotSegment"),
        IdentifierFaultKind.BrokenEncoding => Phrases.Of("Identifiers.BrokenEncoding"),
        _ => Phrases.Of("Identifiers.AnotherObjectType"),
    };

    public override string ToString() => IsNone ? Phrases.Of("Identifiers.NoFault") : Phrases.Of("Identifiers.ExpectedFound", Part, Expected, Found);

    private string At(string what) => Phrases.Of("Identifiers.Position", what, Position);
}
