using System.Xml.Linq;
using Tunduk.XRoad.Contracts.Schema;
using Tunduk.XRoad.Contracts.Xsd;

namespace Tunduk.XRoad.Contracts.Wsdl;

/// <summary>
/// Reads WSDL 1.1 with a SOAP binding, document/literal or rpc/literal. Addresses are ignored: the endpoint is always
/// the security server.
/// </summary>
internal sealed class WsdlReader(ImportOptions options, FindingList findings)
{
    private readonly Dictionary<QualifiedName, WsdlMessage> messages = [];
    private readonly Dictionary<QualifiedName, (XElement Node, string File)> portTypes = [];
    private readonly List<(XElement Node, string File)> bindings = [];

    public Contract? Read(ReadOnlyMemory<byte> content, string fileName, string? folder)
    {
        var source = new XsdSource(options, findings, folder);
        source.MarkRead(fileName);
        if (source.Parse(content, fileName) is not { Root: { } root })
        {
            return null;
        }

        if (root.Name != WsdlNames.Wsdl + "definitions")
        {
            findings.Error("wsdl:definitions", Phrases.Of("Wsdl.FileRootNotWsdl", root.Name.LocalName), FindingList.At(root, fileName));
            return null;
        }

        var index = new XsdIndex(source, findings);
        Collect(root, fileName, source, index);
        index.AddBuiltIn();
        var compiler = new XsdCompiler(index, findings, options);
        var drafts = Operations(compiler);
        compiler.Complete();
        var target = (string?)root.Attribute("targetNamespace") ?? "";
        var operations = new ContractFinisher(compiler.Broken, findings, target).Finish(drafts);
        if (operations.Count == 0)
        {
            findings.Error("wsdl:operation", Phrases.Of("Wsdl.DescriptionNoOperationCan"), FindingList.At(root, fileName));
            return null;
        }

        return new Contract(ContractKind.Wsdl, fileName, target, operations);
    }

    private void Collect(XElement root, string fileName, XsdSource source, XsdIndex index)
    {
        var pending = new Queue<(XElement Root, string File)>([(root, fileName)]);
        while (pending.TryDequeue(out var item))
        {
            var ns = (string?)item.Root.Attribute("targetNamespace") ?? "";
            foreach (var node in item.Root.Elements())
            {
                if (node.Name.Namespace != WsdlNames.Wsdl)
                {
                    continue;
                }

                switch (node.Name.LocalName)
                {
                    case "import":
                        Import(node, item.File, source, index, pending);
                        break;
                    case "types":
                        foreach (var schema in node.Elements(XsdDocument.Xs + "schema"))
                        {
                            index.Add(schema, item.File);
                        }

                        break;
                    case "message":
                        messages.TryAdd(new QualifiedName(ns, Name(node)), new WsdlMessage(node, item.File));
                        break;
                    case "portType":
                        portTypes.TryAdd(new QualifiedName(ns, Name(node)), (node, item.File));
                        break;
                    case "binding":
                        bindings.Add((node, item.File));
                        break;
                }
            }
        }
    }

    private static void Import(XElement node, string file, XsdSource source, XsdIndex index, Queue<(XElement Root, string File)> pending)
    {
        if ((string?)node.Attribute("location") is not { } location ||
            source.Load(location.Trim(), file, "wsdl:import", FindingList.At(node, file), "") is not { } loaded)
        {
            return;
        }

        if (loaded.Document.Root!.Name == XsdDocument.Xs + "schema")
        {
            index.Add(loaded.Document.Root, loaded.File);
        }
        else
        {
            pending.Enqueue((loaded.Document.Root, loaded.File));
        }
    }

    private List<OperationDraft> Operations(XsdCompiler compiler)
    {
        var drafts = new List<OperationDraft>();
        var known = new Dictionary<(string, string?), OperationDraft>();
        foreach (var (binding, file) in bindings)
        {
            var soap = binding.Elements().FirstOrDefault(e => e.Name.LocalName == "binding" && WsdlNames.IsSoap(e.Name.Namespace));
            if (soap is null)
            {
                findings.Note("wsdl:binding", Phrases.Of("Wsdl.NotSoapBindingLeft", Name(binding)), FindingList.At(binding, file));
                continue;
            }

            if (WsdlNames.Resolve(binding, (string?)binding.Attribute("type")) is not { } portName || !portTypes.TryGetValue(portName, out var port))
            {
                findings.Error("wsdl:binding", Phrases.Of("Wsdl.PortTypeNotDeclared", Name(binding)), FindingList.At(binding, file));
                continue;
            }

            if (soap.Name.NamespaceName != "http://schemas.xmlsoap.org/wsdl/soap/")
            {
                findings.Note("wsdl:binding", Phrases.Of("Wsdl.Soap12Binding", Name(binding)), FindingList.At(binding, file));
            }

            var style = (string?)soap.Attribute("style") ?? "document";
            foreach (var operation in binding.Elements(WsdlNames.Wsdl + "operation"))
            {
                var reader = new WsdlOperationReader(compiler, findings, messages, file);
                if (reader.Read(operation, port.Node, style) is not { } draft)
                {
                    continue;
                }

                if (known.TryAdd((draft.ServiceCode, draft.Version), draft))
                {
                    drafts.Add(draft);
                }
                else if (known[(draft.ServiceCode, draft.Version)].Request.Name != draft.Request.Name || known[(draft.ServiceCode, draft.Version)].Response.Name != draft.Response.Name)
                {
                    findings.Warning("wsdl:operation", Phrases.Of("Wsdl.OperationBoundSecondTime", draft.ServiceCode), draft.Location);
                }
            }
        }

        if (bindings.Count == 0)
        {
            findings.Error("wsdl:binding", Phrases.Of("Wsdl.DescriptionNoBinding"), new SchemaLocation("", 0));
        }

        return drafts;
    }

    private static string Name(XElement node) => (string?)node.Attribute("name") ?? "";
}
