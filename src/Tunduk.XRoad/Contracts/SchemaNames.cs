using System.Xml;

namespace Tunduk.XRoad.Contracts;

/// <summary>
/// Every name of a contract, frozen. A reader gets its own <see cref="XmlNameTable"/> over it, so that names of the
/// contract are the same string instances in every reader and unknown names of a message stay with that message.
/// </summary>
internal sealed class SchemaNames
{
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    public string Add(string name)
    {
        if (names.TryGetValue(name, out var known))
        {
            return known;
        }

        names.Add(name);
        return name;
    }

    public XmlNameTable NewTable() => new Table(this);

    private sealed class Table : XmlNameTable
    {
        private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> known;
        private readonly NameTable own = new();

        public Table(SchemaNames names) => known = names.names.GetAlternateLookup<ReadOnlySpan<char>>();

        public override string Add(char[] array, int offset, int length) =>
            length == 0 ? string.Empty : known.TryGetValue(array.AsSpan(offset, length), out var name) ? name : own.Add(array, offset, length);

        public override string Add(string array) => known.TryGetValue(array, out var name) ? name : own.Add(array);

        public override string? Get(char[] array, int offset, int length) =>
            length == 0 ? string.Empty : known.TryGetValue(array.AsSpan(offset, length), out var name) ? name : own.Get(array, offset, length);

        public override string? Get(string array) => known.TryGetValue(array, out var name) ? name : own.Get(array);
    }
}
