using System.Globalization;
using System.Text;

namespace Tunduk.XRoad.Contracts.Proto;

/// <summary>The text of a <c>.proto</c> file.</summary>
public static class ProtoText
{
    public static string Write(ProtoFile file)
    {
        var text = new StringBuilder("// Made from a service contract; names and forms: proto/MAPPING.md.\nsyntax = \"proto3\";\n\n");
        text.Append("package ").Append(file.Package).Append(";\n\nservice ").Append(file.Service).Append(" {\n");
        foreach (var method in file.Methods)
        {
            if (method.Operation.Title is { } title)
            {
                text.Append("  // ").Append(OneLine(title)).Append('\n');
            }

            text.Append("  rpc ").Append(method.Name).Append('(').Append(method.Request.Name).Append(") returns (").Append(method.Response.Name).Append(");\n");
        }

        text.Append("}\n");
        foreach (var message in file.Messages)
        {
            text.Append("\nmessage ").Append(message.Name).Append(" {\n");
            var indent = message.IsOneOf ? "    " : "  ";
            if (message.IsOneOf)
            {
                text.Append("  oneof kind {\n");
            }

            foreach (var field in message.Fields)
            {
                Field(text, message, field, indent);
            }

            text.Append(message.IsOneOf ? "  }\n}\n" : "}\n");
        }

        return text.ToString();
    }

    private static void Field(StringBuilder text, ProtoMessage message, ProtoField field, string indent)
    {
        text.Append(indent).Append(field.Repeated ? "repeated " : field.HasPresence(message) ? "optional " : "");
        text.Append(field.TypeName).Append(' ').Append(field.Name).Append(" = ").Append(field.Number.ToString(CultureInfo.InvariantCulture));
        if (field.JsonName.Length > 0)
        {
            text.Append(" [json_name = \"").Append(Escaped(field.JsonName)).Append("\"]");
        }

        text.Append(field.Required && !field.IsList ? ";  // required\n" : ";\n");
    }

    // Titles and names of an OpenAPI file may hold anything; none of it may end the comment or the literal.
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));

    private static string Escaped(string text) =>
        string.Concat(text.Select(c => c is '"' or '\\' ? "\\" + c : char.IsControl(c) ? $"\\{Convert.ToString(c, 8).PadLeft(3, '0')}" : c.ToString()));
}
