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
                text.Append("  // ").Append(title).Append('\n');
            }

            text.Append("  rpc ").Append(method.Name).Append('(').Append(method.Request.Name).Append(") returns (").Append(method.Response.Name).Append(");\n");
        }

        text.Append("}\n");
        foreach (var message in file.Messages)
        {
            text.Append("\nmessage ").Append(message.Name).Append(" {\n");
            var indent = message.IsOneOf && message.Fields.Count > 0 ? "    " : "  ";
            if (indent.Length == 4)
            {
                text.Append("  oneof kind {\n");
            }

            foreach (var field in message.Fields)
            {
                Field(text, field, indent);
            }

            text.Append(indent.Length == 4 ? "  }\n}\n" : "}\n");
        }

        return text.ToString();
    }

    private static void Field(StringBuilder text, ProtoField field, string indent)
    {
        text.Append(indent).Append(field.Repeated ? "repeated " : field.Optional && indent.Length == 2 ? "optional " : "");
        text.Append(field.Type ?? field.Message!.Name).Append(' ').Append(field.Name).Append(" = ").Append(field.Number.ToString(CultureInfo.InvariantCulture));
        if (field.JsonName.Length > 0)
        {
            text.Append(" [json_name = \"").Append(field.JsonName).Append("\"]");
        }

        text.Append(";\n");
    }
}
