using System.Xml.Linq;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.Wsdl;

/// <summary>A <c>wsdl:message</c> with its parts.</summary>
internal sealed class WsdlMessage
{
    public WsdlMessage(XElement node, string file)
    {
        Location = FindingList.At(node, file);
        foreach (var part in node.Elements(WsdlNames.Wsdl + "part"))
        {
            Parts.Add(new Part(
                (string?)part.Attribute("name") ?? "",
                WsdlNames.Resolve(part, (string?)part.Attribute("element")),
                WsdlNames.Resolve(part, (string?)part.Attribute("type")),
                FindingList.At(part, file)));
        }
    }

    public SchemaLocation Location { get; }

    public List<Part> Parts { get; } = [];

    internal sealed record Part(string Name, QualifiedName? Element, QualifiedName? Type, SchemaLocation Location);
}
