namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>An expanded XML name: namespace (empty for none) and local name.</summary>
public readonly record struct QualifiedName(string Namespace, string Local)
{
    /// <summary>Clark notation, for messages and for values of type <c>xs:QName</c>.</summary>
    public override string ToString() => Namespace.Length == 0 ? Local : "{" + Namespace + "}" + Local;
}
