using System.Text;
using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.OpenApi;
using FieldNode = Tunduk.Adapter.Filtering.FieldNode;

namespace Tunduk.Adapter.Contracts;

/// <summary>The fields an agreement lets through, as the description of a service shows them.</summary>
internal sealed class AgreedFields : PermittedFields
{
    private readonly FieldList list;
    private readonly FieldNode node;
    private readonly Dictionary<FieldNode, AgreedFields> known;
    private readonly Dictionary<FieldNode, bool> whole;

    private AgreedFields(FieldList list, FieldNode node, Dictionary<FieldNode, AgreedFields> known, Dictionary<FieldNode, bool> whole)
    {
        this.list = list;
        this.whole = whole;
        this.node = node;
        this.known = known;
        known[node] = this;
    }

    /// <summary>What the list lets through of one side of an operation.</summary>
    public static AgreedFields Of(FieldList list, Operation operation, MessageSide side) =>
        new(list, list.Root(operation.Fields(side).TryResolve(list.Wrapper, out _)), [], []);

    public override PermittedFields? Member(string jsonName)
    {
        // The forms of the mapping that are no fields of their own.
        if (jsonName is "$type" or "$content" or "$nil")
        {
            return this;
        }

        if (jsonName == "$")
        {
            return Passes(node) ? this : null;
        }

        var name = Encoding.UTF8.GetBytes(jsonName);
        return node.Member(name, NameTable.Hash(name)) is not { } next || (next.Action != FieldAction.Structure && !Passes(next)) ? null
            : PassesWhole(next) ? All
            : known.GetValueOrDefault(next) ?? new AgreedFields(list, next, known, whole);
    }

    // Below '**' every place permits the same, so that its types are described once and not once for each path.
    private bool PassesWhole(FieldNode at)
    {
        // A node that is its own child passes as its others do.
        if (whole.TryAdd(at, true))
        {
            whole[at] = Passes(at) && at is { OtherChild: { } child, OtherAttribute: { } attribute } && PassesWhole(child) && PassesWhole(attribute)
                && at.Children.Nodes.All(PassesWhole) && at.Attributes.Nodes.All(PassesWhole);
        }

        return whole[at];
    }

    private bool Passes(FieldNode at) => list.ActionFor(at) is FieldAction.Allow or FieldAction.Blank;
}
