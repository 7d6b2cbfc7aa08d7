using System.Xml.Linq;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.Wsdl;

internal static class WsdlNames
{
    public static readonly XNamespace Wsdl = "http://schemas.xmlsoap.org/wsdl/";
    public const string XRoad = "http://x-road.eu/xsd/xroad.xsd";

    public static bool IsSoap(XNamespace ns) =>
        ns.NamespaceName is "http://schemas.xmlsoap.org/wsdl/soap/" or "http://schemas.xmlsoap.org/wsdl/soap12/";

    public static QualifiedName? Resolve(XElement context, string? value)
    {
        value = value?.Trim();
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }

        var colon = value.IndexOf(':');
        var ns = colon < 0 ? context.GetDefaultNamespace() : context.GetNamespaceOfPrefix(value[..colon]);
        return ns is null ? null : new QualifiedName(ns.NamespaceName, value[(colon + 1)..]);
    }
}
