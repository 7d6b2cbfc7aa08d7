using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tunduk.XRoad.Contracts.Samples;
using Tunduk.XRoad.Contracts.Schema;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.XRoad.Contracts;

/// <summary>Makes operations of drafts: prefixes, ready-made tags, atomized names; leaves out what needs a broken type.</summary>
internal sealed class ContractFinisher(IReadOnlySet<SchemaType> broken, FindingList findings, string targetNamespace)
{
    private readonly PrefixMap prefixes = new();
    private readonly SchemaNames names = new();

    // What stands at these addresses already.
    private readonly HashSet<string> addresses = new(StringComparer.OrdinalIgnoreCase) { "rest", "example", "openapi.json", "service.proto", ".", ".." };

    public IReadOnlyList<Operation> Finish(IReadOnlyList<OperationDraft> drafts)
    {
        prefixes.Add(targetNamespace);
        names.Add(MessageTags.Xsi);
        var operations = new List<Operation>();
        var shapes = new Dictionary<ElementDeclaration, MessageShape?>();
        foreach (var draft in drafts)
        {
            if (draft.Rest is null && !IdentifierRules.Strict.Check(draft.ServiceCode, "serviceCode", out _))
            {
                findings.Warning("wsdl:operation", Phrases.Of("Contracts.OperationLeftOutName", draft.ServiceCode), draft.Location);
                continue;
            }

            if (Shape(draft.Request, draft, shapes) is not { } request || Shape(draft.Response, draft, shapes) is not { } response)
            {
                continue;
            }

            WarnOfNames(draft);
            operations.Add(new Operation(draft.ServiceCode, draft.Version, request, response)
            {
                AddressName = draft.Rest is null ? draft.ServiceCode : UniqueNames.Take(addresses, AddressName(draft.ServiceCode), "_"),
                Title = draft.Title,
                SoapAction = draft.SoapAction,
                BoundHeaders = draft.BoundHeaders,
                Rest = draft.Rest,
                ErrorFields = draft.Errors is { } errors ? new FieldTree(errors) : null,
                Location = draft.Location,
            });
        }

        return operations;
    }

    // Security servers hold the element of the Body against the service code (X-Road message protocol §2.4), and refuse another.
    private void WarnOfNames(OperationDraft draft)
    {
        foreach (var (element, expected) in new[] { (draft.Request, draft.ServiceCode), (draft.Response, draft.ServiceCode + "Response") })
        {
            if (draft.Rest is null && element.Name.Local != expected && element.Name.Local != draft.ServiceCode)
            {
                findings.Warning("wsdl:operation", Phrases.Of("Contracts.MessageOperationNotNamed", element.Name.Local, draft.ServiceCode, expected), element.Location);
            }
        }
    }

    private static string AddressName(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' ? c : '_'));

    private MessageShape? Shape(ElementDeclaration root, OperationDraft draft, Dictionary<ElementDeclaration, MessageShape?> shapes)
    {
        if (!shapes.TryGetValue(root, out var shape))
        {
            var reach = TypeWalk.From(root.Type);
            shape = reach.Types.Any(broken.Contains) || !IsFinite(root) ? null : Make(root, reach);
            shapes.Add(root, shape);
            IReadOnlyCollection<ElementDeclaration> leftOut = [];
            if (shape is not null && !SampleWriter.Write(shape, 1, new ArrayBufferWriter<byte>(), out leftOut, SampleOptions.Example))
            {
                findings.Warning("example", Phrases.Of("Contracts.NoExampleCanInvented", root.Name.Local), root.Location);
            }

            foreach (var element in leftOut)
            {
                findings.Warning("example", Phrases.Of("Contracts.NoValueCanInvented", element.Name.Local, root.Name.Local), element.Location);
            }
        }

        if (shape is null)
        {
            findings.Error("wsdl:operation", Phrases.Of("Contracts.OperationLeftOutMessage", draft.ServiceCode, root.Name.Local), draft.Location);
        }

        return shape;
    }

    // A type that requires itself, an abstract element or type that nothing can stand for, a choice of nothing.
    private bool IsFinite(ElementDeclaration root)
    {
        var costs = new DepthCosts();
        costs.Compute(root.Type);
        if (root.Nillable || costs.Of(root.Type) <= SampleRun.HardDepth)
        {
            return true;
        }

        findings.Error("content model", Phrases.Of("Contracts.NoMessageCanMeet", root.Name.Local, SampleRun.HardDepth), root.Location);
        return false;
    }

    private MessageShape Make(ElementDeclaration root, TypeWalk reach)
    {
        var used = new HashSet<string>(reach.Namespaces, StringComparer.Ordinal) { root.Name.Namespace };
        prefixes.Add(root.Name.Namespace);
        names.Add(root.Name.Local);
        names.Add(root.Name.Namespace);
        foreach (var ns in reach.Namespaces)
        {
            prefixes.Add(ns);
        }

        foreach (var type in reach.Types.OfType<ComplexType>())
        {
            Prepare(type);
        }

        return new MessageShape(root, MessageTags.For(root, prefixes, used, names, root.Nillable || reach.NeedsInstanceNamespace));
    }

    private void Prepare(ComplexType type)
    {
        foreach (var member in type.Members)
        {
            if (member.Element is { } element && member.OpenTag.Length == 0)
            {
                var tag = prefixes.Tag(element.Name);
                member.OpenTag = Encoding.UTF8.GetBytes("<" + tag);
                member.CloseTag = Encoding.UTF8.GetBytes("</" + tag + ">");
                member.LocalName = names.Add(element.Name.Local);
                member.Namespace = names.Add(element.Name.Namespace);
            }
        }

        foreach (var attribute in type.Attributes)
        {
            attribute.OpenTag = Encoding.UTF8.GetBytes(" " + prefixes.Tag(attribute.Name) + "=\"");
            attribute.EncodedName = JsonEncodedText.Encode(attribute.JsonName, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
            names.Add(attribute.Name.Local);
            names.Add(attribute.Name.Namespace);
        }
    }
}
