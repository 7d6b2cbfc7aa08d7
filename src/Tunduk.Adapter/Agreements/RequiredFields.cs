using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Agreements;

/// <summary>
/// Tells, of names alone, which removals the contract does not survive: what leaves is held against the schema after
/// filtering, so that such a removal is no removal but a refusal (<c>required_field_removed</c>).
/// </summary>
internal sealed class RequiredFields
{
    private readonly Dictionary<string, ContractField> required;

    private RequiredFields(IEnumerable<ContractField> fields) => required = fields.ToDictionary(static f => f.Path.Text, StringComparer.Ordinal);

    /// <summary>Those of one side; null where it does not leave us, or is not held against a schema.</summary>
    public static RequiredFields? Of(AgreementService terms, AgreementRole role, string side)
    {
        bool leaves = (role == AgreementRole.Provider) == (side == FieldList.Response);
        return leaves && terms.Contract is { MapsXml: true } contract
            ? new RequiredFields((side == FieldList.Request ? contract.Request : contract.Response).Where(static f => f.Required))
            : null;
    }

    /// <summary>Whether a message that has the value at a path is refused under a list.</summary>
    /// <param name="list">The list.</param>
    /// <param name="path">Path of the value, without positions of arrays.</param>
    /// <param name="hasWrapper">Whether the message has the list's wrapper.</param>
    public bool Breaks(FieldList list, string path, bool hasWrapper) =>
        list.CutAt(path, hasWrapper, out FieldAction action) is { } cut
        && required.TryGetValue(cut, out ContractField? field)
        && (action == FieldAction.Remove || (action == FieldAction.Blank && !field.CanBeEmpty));
}
