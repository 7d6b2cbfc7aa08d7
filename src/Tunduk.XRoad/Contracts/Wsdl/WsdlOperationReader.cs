using System.Xml.Linq;
using Tunduk.XRoad.Contracts.Schema;
using Tunduk.XRoad.Contracts.Xsd;

namespace Tunduk.XRoad.Contracts.Wsdl;

/// <summary>Reads one operation of a binding together with its port type.</summary>
internal sealed class WsdlOperationReader(XsdCompiler compiler, FindingList findings, Dictionary<QualifiedName, WsdlMessage> messages, string file)
{
    public OperationDraft? Read(XElement binding, XElement portType, string bindingStyle)
    {
        var name = (string?)binding.Attribute("name") ?? "";
        var at = FindingList.At(binding, file);
        var port = portType.Elements(WsdlNames.Wsdl + "operation").FirstOrDefault(o => (string?)o.Attribute("name") == name);
        if (name.Length == 0 || port is null)
        {
            findings.Error("wsdl:operation", Phrases.Of("Wsdl.OperationBoundButPort", name), at);
            return null;
        }

        var soap = binding.Elements().FirstOrDefault(e => e.Name.LocalName == "operation" && WsdlNames.IsSoap(e.Name.Namespace));
        var rpc = ((string?)soap?.Attribute("style") ?? bindingStyle) == "rpc";
        var headers = new List<string>();
        var request = Side(binding, port, "input", name, rpc, headers);
        var response = Side(binding, port, "output", name + "Response", rpc, headers: null);
        if (request is null || response is null)
        {
            findings.Error("wsdl:operation", Phrases.Of("Wsdl.OperationLeftOut", name), at);
            return null;
        }

        var version = binding.Elements(XName.Get("version", WsdlNames.XRoad)).FirstOrDefault()?.Value.Trim();
        return new OperationDraft(name, string.IsNullOrEmpty(version) ? null : version, request, response)
        {
            Title = Title(port),
            SoapAction = (string?)soap?.Attribute("soapAction") ?? "",
            BoundHeaders = headers,
            Location = at,
        };
    }

    private ElementDeclaration? Side(XElement binding, XElement port, string side, string wrapper, bool rpc, List<string>? headers)
    {
        var bound = binding.Element(WsdlNames.Wsdl + side);
        var declared = port.Element(WsdlNames.Wsdl + side);
        var at = FindingList.At(bound ?? binding, file);
        if (declared is null)
        {
            findings.Warning("wsdl:operation", Phrases.Of("Wsdl.NoEmptyMessageAssumed", side), at);
            return new ElementDeclaration(new QualifiedName("", wrapper), at) { Type = new ComplexType(new QualifiedName("", ""), at) { Compiled = true } };
        }

        if (WsdlNames.Resolve(declared, (string?)declared.Attribute("message")) is not { } messageName || !messages.TryGetValue(messageName, out var message))
        {
            findings.Error("wsdl:message", Phrases.Of("Wsdl.MessageNotDeclared", side), at);
            return null;
        }

        var body = bound?.Descendants().FirstOrDefault(e => e.Name.LocalName == "body" && WsdlNames.IsSoap(e.Name.Namespace));
        if ((string?)body?.Attribute("use") == "encoded")
        {
            findings.Error("soap:body", Phrases.Of("Wsdl.UseEncodedSoapSection"), FindingList.At(body, file));
            return null;
        }

        var headerParts = new HashSet<string>(StringComparer.Ordinal);
        foreach (var header in bound?.Descendants().Where(e => e.Name.LocalName == "header" && WsdlNames.IsSoap(e.Name.Namespace)) ?? [])
        {
            var part = (string?)header.Attribute("part") ?? "";
            var of = WsdlNames.Resolve(header, (string?)header.Attribute("message"));
            if (of == messageName)
            {
                headerParts.Add(part);
            }

            if (of is { } name && messages.TryGetValue(name, out var m) && m.Parts.Find(p => p.Name == part)?.Element is { Namespace: WsdlNames.XRoad } element)
            {
                headers?.Add(element.Local);
            }
        }

        var listed = ((string?)body?.Attribute("parts"))?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var parts = message.Parts.FindAll(p => listed is null ? !headerParts.Contains(p.Name) : listed.Contains(p.Name));
        return rpc ? RpcWrapper(body, wrapper, parts, at) : DocumentElement(parts, message);
    }

    private ElementDeclaration? DocumentElement(List<WsdlMessage.Part> parts, WsdlMessage message)
    {
        var part = parts.Count == 1 ? parts[0] : parts.Find(p => p.Name is "body" or "parameters");
        if (part?.Element is not { } name)
        {
            findings.Error("wsdl:part", parts.Count == 1 ? Phrases.Of("Wsdl.DocumentLiteralPartMust") : Phrases.Of("Wsdl.BodyMustElement"), message.Location);
            return null;
        }

        if (parts.Count > 1)
        {
            findings.Warning("wsdl:part", Phrases.Of("Wsdl.MessagePartsBodyWhose", parts.Count, part.Name), part.Location);
        }

        if (compiler.GlobalElement(name) is { } declaration)
        {
            if (declaration.Abstract)
            {
                findings.Error("wsdl:part", Phrases.Of("Wsdl.ElementAbstractNoMessage", name.Local), part.Location);
                return null;
            }

            return declaration;
        }

        findings.Error("wsdl:part", Phrases.Of("Wsdl.ElementNamespaceNotDeclared", name.Local, name.Namespace), part.Location);
        return null;
    }

    /// <summary>The wrapper element of rpc/literal (WS-I Basic Profile 1.1, §4.7.20): its children are the parts, without a namespace.</summary>
    private ElementDeclaration? RpcWrapper(XElement? body, string wrapper, List<WsdlMessage.Part> parts, SchemaLocation at)
    {
        var type = new ComplexType(new QualifiedName("", ""), at) { Compiled = true, Content = ContentKind.Empty };
        var sequence = new Particle { Kind = ParticleKind.Sequence, Location = at };
        foreach (var part in parts)
        {
            if (part.Type is not { } partType)
            {
                findings.Error("wsdl:part", Phrases.Of("Wsdl.RpcLiteralPartMust"), part.Location);
                return null;
            }

            var element = compiler.ElementOfType(new QualifiedName("", part.Name), partType, part.Location);
            sequence.Children.Add(new Particle { Kind = ParticleKind.Element, Element = element, Location = part.Location });
        }

        if (sequence.Children.Count > 0)
        {
            type.Content = ContentKind.Elements;
            type.Particle = sequence;
            new ContentModelBuilder().Build(type, sequence);
        }

        compiler.Adopt(type);
        return new ElementDeclaration(new QualifiedName((string?)body?.Attribute("namespace") ?? "", wrapper), at) { Type = type };
    }

    private static string? Title(XElement port)
    {
        var documentation = port.Element(WsdlNames.Wsdl + "documentation");
        var titles = documentation?.Descendants().Where(e => e.Name.LocalName == "title").ToList();
        var title = titles?.Find(t => (string?)t.Attribute(XNamespace.Xml + "lang") == "ru") ?? titles?.FirstOrDefault() ?? documentation;
        return XsdText.Shorten(title?.Value);
    }
}
