using System.Collections.Frozen;
using System.Text;

namespace Tunduk.Xml;

/// <summary>A refusal of the parser: what is wrong, and where.</summary>
/// <param name="Code">Reason.</param>
/// <param name="Offset">Byte offset into the document as given (a byte order mark counts).</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column in characters, from 1.</param>
public readonly record struct XmlFault(XmlFaultCode Code, int Offset, int Line, int Column)
{
    private static readonly FrozenDictionary<XmlFaultCode, string> Names =
        Enum.GetValues<XmlFaultCode>().ToFrozenDictionary(code => code, code => Spell(code.ToString()));

    /// <summary>The stable spelling, for example <c>xml_doctype_forbidden</c>.</summary>
    public string CodeName => Names[Code];

    /// <inheritdoc/>
    public override string ToString() => $"{CodeName} at line {Line}, column {Column} (byte {Offset})";

    internal static XmlFault At(XmlFaultCode code, ReadOnlySpan<byte> source, int offset)
    {
        (int line, int column) = XmlPosition.Of(source, offset);
        return new XmlFault(code, offset, line, column);
    }

    private static string Spell(string name)
    {
        var text = new StringBuilder("xml");
        foreach (char c in name)
        {
            if (char.IsUpper(c))
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
