namespace Tunduk.XRoad.Contracts.JsonRules;

/// <summary>The kinds of JSON values a rule lets in (JSON Schema 2020-12 validation §6.1.1).</summary>
[Flags]
internal enum JsonKinds
{
    None = 0,
    Null = 1,
    Boolean = 2,
    Object = 4,
    Array = 8,

    /// <summary>A number with a fraction.</summary>
    Fraction = 16,

    /// <summary>A number without one; <c>1.0</c> and <c>1e2</c> are such.</summary>
    Integer = 32,
    String = 64,
    Number = Fraction | Integer,
    All = 127,
}
