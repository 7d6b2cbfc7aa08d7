namespace Tunduk.XRoad.Contracts.Proto;

/// <summary>A message. Its fields have the JSON names of proto/MAPPING.md and numbers made of them, in the contract's order.</summary>
public sealed class ProtoMessage
{
    private readonly List<ProtoField> fields = [];
    private readonly Dictionary<int, int> byNumber = [];
    private readonly Dictionary<string, int> byJsonName = new(StringComparer.Ordinal);
    private readonly HashSet<string> names = new(["kind"], StringComparer.OrdinalIgnoreCase);

    internal ProtoMessage(string name, ProtoForm form)
    {
        Name = name;
        Form = form;
    }

    public string Name { get; }

    /// <summary>What the message stands for in JSON.</summary>
    public ProtoForm Form { get; }

    public IReadOnlyList<ProtoField> Fields => fields;

    /// <summary>The fields are alternatives (a <c>oneof</c>).</summary>
    public bool IsOneOf => fields.Count > 0 && (Form is ProtoForm.Item or ProtoForm.Variants || (Form == ProtoForm.Nillable && !NilHasAttributes));

    /// <summary>A nil element of this type may carry attributes, so that nil and value may stand together.</summary>
    internal bool NilHasAttributes { get; init; }

    /// <summary>JSON may have members that no field stands for: they do not pass (OpenAPI objects are open unless they say otherwise).</summary>
    internal bool IsOpen { get; init; }

    /// <summary>Adds a field; a number of 0 is made from the JSON name.</summary>
    internal void Add(string name, string jsonName, ProtoKind kind, ProtoMessage? of, bool repeated = false, bool isList = false, bool required = false, int number = 0, bool literal = false)
    {
        // protoc compares the camel-case forms of names, in which a_b and aB are the same (and "kind" is the oneof's name).
        var identifier = ProtoBuilder.Identifier(name, "field");
        for (var next = 2; !names.Add(identifier.Replace("_", "", StringComparison.Ordinal)); next++)
        {
            identifier = $"{ProtoBuilder.Identifier(name, "field")}_{next}";
        }

        number = number == 0 ? ProtoFieldNumber.Of(jsonName, byNumber.ContainsKey) : number;
        byNumber.Add(number, fields.Count);
        byJsonName.TryAdd(jsonName, fields.Count);
        fields.Add(new ProtoField(identifier, jsonName, number, kind, of, repeated, isList, required, literal));
    }

    internal int IndexOf(int number) => byNumber.GetValueOrDefault(number, -1);

    internal ProtoField? Find(string jsonName) => byJsonName.TryGetValue(jsonName, out var index) ? fields[index] : null;
}
