namespace Tunduk.Evidence.Http;

/// <summary>A member of a list or dictionary: an item or an inner list (RFC 8941 §3.1, §3.2).</summary>
public sealed class StructuredMember
{
    /// <summary>An item.</summary>
    public StructuredMember(StructuredItem item)
    {
        Value = item.Value;
        Parameters = item.Parameters;
    }

    /// <summary>An inner list.</summary>
    public StructuredMember(IReadOnlyList<StructuredItem> innerList, StructuredParameters parameters)
    {
        InnerList = innerList;
        Parameters = parameters;
    }

    /// <summary>The bare item; null for an inner list.</summary>
    public StructuredValue? Value { get; }

    /// <summary>The items; null for an item.</summary>
    public IReadOnlyList<StructuredItem>? InnerList { get; }

    /// <summary>Parameters of the item or of the list.</summary>
    public StructuredParameters Parameters { get; }

    public override string ToString() => StructuredField.Serialize(this);
}
