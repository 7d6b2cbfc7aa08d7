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
            findings.Warning(construct, Phrases.Of("Xsd.WhatStandsPlaceHeld"), at);
        }
        else if ((string?)node.Attribute("processContents") == "lax")
        {
            findings.Note(construct, Phrases.Of("Xsd.WhatStandsPlaceHeldAgainst"), at);
        }

        return new Wildcard((string?)node.Attribute("namespace") ?? "", document.TargetNamespace, at) { Strict = strict };
    }
}
