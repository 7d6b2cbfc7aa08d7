namespace Tunduk.Evidence.Canonicalization;

/// <summary>
/// An attribute that the apex will get, with the declaration of its prefix: the canonical form is that of the element as it will
/// be, without parsing it again.
/// </summary>
/// <param name="prefix">A prefix that nothing in the document declares: then no element or value below can mean it.</param>
/// <param name="space">The namespace it is bound to.</param>
/// <param name="local">The local name.</param>
/// <param name="value">The value, decoded.</param>
internal readonly ref struct ApexAttribute(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> space, ReadOnlySpan<byte> local, ReadOnlySpan<byte> value)
{
    public ReadOnlySpan<byte> Prefix { get; } = prefix;

    public ReadOnlySpan<byte> Namespace { get; } = space;

    public ReadOnlySpan<byte> Local { get; } = local;

    public ReadOnlySpan<byte> Value { get; } = value;

    public bool IsEmpty => Local.IsEmpty;
}
