using System.Text;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts;

/// <summary>The prefixes of a contract's namespaces and the ready-made root tags of a message.</summary>
internal sealed class MessageTags
{
    public const string Xsi = "http://www.w3.org/2001/XMLSchema-instance";
    public const string Xsd = "http://www.w3.org/2001/XMLSchema";

    public const string SoapEnvelope = "http://schemas.xmlsoap.org/soap/envelope/";

    /// <summary>SOAP 1.1 §5: each built-in type of XML Schema has a second name here.</summary>
    public const string SoapEncoding = "http://schemas.xmlsoap.org/soap/encoding/";

    public required byte[] RootOpen { get; init; }

    public required byte[] RootClose { get; init; }

    /// <summary>The names that the schema knows, atomized, so that readers compare references.</summary>
    public required SchemaNames Names { get; init; }

    public required PrefixMap Prefixes { get; init; }

    /// <summary>The prefixes that are declared on the root element, by namespace: a value that is a qualified name may use them.</summary>
    public required IReadOnlyDictionary<string, string> Declared { get; init; }

    public static MessageTags For(ElementDeclaration root, PrefixMap prefixes, IReadOnlySet<string> used, SchemaNames names, bool needsXsi)
    {
        var declared = new Dictionary<string, string>(StringComparer.Ordinal) { ["http://www.w3.org/XML/1998/namespace"] = "xml" };
        var open = new StringBuilder("<").Append(prefixes.Tag(root.Name));
        foreach (var (ns, prefix) in prefixes.All)
        {
            if (!used.Contains(ns))
            {
                continue;
            }

            declared[ns] = prefix;
            open.Append(" xmlns:").Append(prefix).Append("=\"").Append(System.Security.SecurityElement.Escape(ns)).Append('"');
        }

        if (needsXsi)
        {
            declared[Xsi] = "xsi";
            open.Append(" xmlns:xsi=\"" + Xsi + "\"");
        }

        return new MessageTags
        {
            RootOpen = Encoding.UTF8.GetBytes(open.ToString()),
            RootClose = Encoding.UTF8.GetBytes("</" + prefixes.Tag(root.Name) + ">"),
            Names = names,
            Prefixes = prefixes,
            Declared = declared,
        };
    }
}
