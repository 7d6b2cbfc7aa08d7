using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Mapping;

/// <summary>State of one JSON object on its way to an element.</summary>
internal struct ObjectFrame(ElementDeclaration element, ComplexType declared, ComplexType type)
{
    public const int AttributeRank = 0;
    public const int BracketRank = 1;
    public const int FirstMemberRank = 2;

    public const int ValueSlot = 0;
    public const int NilSlot = 1;
    public const int TypeSlot = 2;

    /// <summary>Names of attributes that only a wildcard lets in, to find duplicates.</summary>
    public HashSet<string>? OpenAttributes;

    public ElementDeclaration Element { get; } = element;

    public ComplexType Declared { get; } = declared;

    public ComplexType Type { get; } = type;

    /// <summary>Where the counters begin: one for each member, one for each attribute, then the slots.</summary>
    public int Counts { get; init; }

    public int FirstPiece { get; init; }

    /// <summary>The start tag's bracket is written.</summary>
    public bool Closed { get; set; }

    public bool Nil { get; set; }

    public bool Disordered { get; set; }

    public int LastRank { get; set; }
}
