namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>Ways in which a type is made from another, as <c>block</c> names them (XSD 1.0 part 1, §3.3.2).</summary>
[Flags]
internal enum Derivations
{
    None = 0,
    Extension = 1,
    Restriction = 2,
    Substitution = 4,
    All = Extension | Restriction | Substitution,
}
