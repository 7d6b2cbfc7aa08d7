namespace Tunduk.Evidence.Http;

/// <summary>A bare item with its parameters (RFC 8941 §3.3).</summary>
public sealed record StructuredItem(StructuredValue Value, StructuredParameters Parameters)
{
    /// <summary>An item without parameters.</summary>
    public StructuredItem(StructuredValue value)
        : this(value, StructuredParameters.Empty)
    {
    }

    public override string ToString() => StructuredField.Serialize(this);
}
