namespace Tunduk.Evidence.Http;

/// <summary>A component of a message with its value.</summary>
internal readonly record struct HttpComponent(StructuredItem Identifier, string Value)
{
    public string Name => Identifier.Value.Text;

    /// <summary>Same name and same parameters, in any order.</summary>
    public bool Is(StructuredItem other)
    {
        if (other.Value.Type != StructuredType.String || other.Value.Text != Name
            || other.Parameters.Count != Identifier.Parameters.Count || other.Parameters.HasRepeatedKeys)
        {
            return false;
        }

        foreach ((string key, StructuredValue value) in Identifier.Parameters)
        {
            if (!other.Parameters.TryGet(key, out StructuredValue? found) || !found.Equals(value))
            {
                return false;
            }
        }

        return true;
    }
}
