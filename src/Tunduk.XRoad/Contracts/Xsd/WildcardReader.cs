using System.Xml.Linq;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.Xsd;

/// <summary>Reads <c>xs:any</c> and <c>xs:anyAttribute</c>, and says what of them is not checked.</summary>
internal static class WildcardReader
{
    public static Wildcard Read(XElement node, XsdDocument document, FindingList findings)
    {
        var at = document.At(node);
        var strict = (string?)node.Attribute("processContents") is null or "strict";
        var construct = "xs:" + node.Name.LocalName;
        if (strict)
        {
            findings.Warning(construct, "What stands in its place is held against its namespaces alone, not against the declarations that processContents=\"strict\" asks for; an example that needs it has an invented element there.", at);
        }
        else if ((string?)node.Attribute("processContents") == "lax")
        {
            findings.Note(construct, "What stands in its place is held against its namespaces alone, also where it is declared (processContents=\"lax\").", at);
        }

        return new Wildcard((string?)node.Attribute("namespace") ?? "", document.TargetNamespace, at) { Strict = strict };
    }
}
