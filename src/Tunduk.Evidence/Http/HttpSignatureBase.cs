using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Tunduk.Evidence.Http;

/// <summary>The signature base: the text that is signed (RFC 9421 §2.5).</summary>
public static class HttpSignatureBase
{
    /// <summary>Builds the base of covered components and parameters.</summary>
    /// <param name="covered">The inner list of covered components with the signature's parameters.</param>
    /// <param name="valueOf">The value of a component; null where the message does not have it.</param>
    /// <param name="signatureBase">ASCII bytes to sign.</param>
    /// <param name="refused">The component that stands against it, serialized; null if the member is no list of strings.</param>
    public static bool TryBuild(
        StructuredMember covered,
        Func<StructuredItem, string?> valueOf,
        [NotNullWhen(true)] out byte[]? signatureBase,
        out string? refused)
    {
        signatureBase = null;
        refused = null;
        if (covered.InnerList is not { } components)
        {
            return false;
        }

        var text = new StringBuilder(1024);
        for (int i = 0; i < components.Count; i++)
        {
            StructuredItem component = components[i];
            string? value = component.Value.Type == StructuredType.String && !IsRepeated(components, i) ? valueOf(component) : null;
            if (value is null || !HttpFieldText.IsWritable(value) || component.Value.Text == HttpSignatureNames.Params)
            {
                refused = StructuredField.Serialize(component);
                return false;
            }

            StructuredField.Write(text, component);
            text.Append(": ").Append(value).Append('\n');
        }

        text.Append("\"@signature-params\": ");
        StructuredField.Write(text, covered);
        byte[] bytes = new byte[text.Length];
        int at = 0;
        foreach (ReadOnlyMemory<char> chunk in text.GetChunks())
        {
            at += Encoding.ASCII.GetBytes(chunk.Span, bytes.AsSpan(at));
        }

        signatureBase = bytes;
        return true;
    }

    /// <summary>RFC 9421 §2.5: an identifier, its parameters included in any order, occurs once.</summary>
    private static bool IsRepeated(IReadOnlyList<StructuredItem> components, int index)
    {
        StructuredItem component = components[index];
        for (int i = 0; i < index; i++)
        {
            StructuredItem other = components[i];
            if (other.Value.Equals(component.Value) && other.Parameters.Count == component.Parameters.Count
                && Includes(other.Parameters, component.Parameters))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Includes(StructuredParameters all, StructuredParameters some)
    {
        foreach ((string key, StructuredValue value) in some)
        {
            if (!all.TryGet(key, out StructuredValue? other) || !other.Equals(value))
            {
                return false;
            }
        }

        return true;
    }
}
