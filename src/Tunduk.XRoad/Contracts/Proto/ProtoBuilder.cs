using System.Text;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.Proto;

/// <summary>Makes the protocol buffers model of operations.</summary>
public sealed class ProtoBuilder
{
    private readonly Dictionary<ComplexType, ProtoMessage> messages = [];
    private readonly Dictionary<object, ProtoMessage> wrappers = [];
    private readonly List<ProtoMessage> order = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly Queue<(ProtoMessage Message, ComplexType Type)> pending = [];

    /// <summary>The file of some operations of a contract.</summary>
    /// <param name="package">The package, for example <c>tunduk.services.registry</c>.</param>
    /// <param name="service">The service's name, for example <c>Registry</c>.</param>
    /// <param name="operations">The operations.</param>
    public static ProtoFile Build(string package, string service, IEnumerable<Operation> operations)
    {
        var builder = new ProtoBuilder();
        var methods = new List<ProtoMethod>();
        var methodNames = new HashSet<string>(StringComparer.Ordinal);
        foreach (var operation in operations)
        {
            var name = Unique(methodNames, Capital(Identifier(operation.ServiceCode, "Call") + (operation.Version is null ? "" : "_" + Identifier(operation.Version, "v"))));
            methods.Add(new ProtoMethod(name, operation, builder.Root(operation.Request.Element, name + "Request"), builder.Root(operation.Response.Element, name + "Response")));
        }

        builder.Complete();
        return new ProtoFile(package, service, methods, builder.order);
    }

    /// <summary>An identifier of protocol buffers: ASCII letters, digits and underscores.</summary>
    public static string Identifier(string name, string otherwise)
    {
        var text = new StringBuilder();
        foreach (var c in name)
        {
            text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        var cleaned = text.ToString().Trim('_');
        return cleaned.Length == 0 ? otherwise : char.IsAsciiDigit(cleaned[0]) ? otherwise + cleaned : cleaned;
    }

    private static string Capital(string name) => char.ToUpperInvariant(name[0]) + name[1..];

    private static string Unique(HashSet<string> taken, string name) => UniqueNames.Take(taken, name, "_");

    private ProtoMessage Root(ElementDeclaration root, string name)
    {
        if (root.Type is ComplexType { IsObject: true, Content: not ContentKind.Any } type && type.Derived.Count == 0)
        {
            return MessageOf(type, name);
        }

        var message = New(name);
        Add(message, "value", "", root.Type, root.Nillable, repeated: false, optional: false, name);
        return message;
    }

    private ProtoMessage New(string name)
    {
        var message = new ProtoMessage(Unique(names, name));
        order.Add(message);
        return message;
    }

    private ProtoMessage MessageOf(ComplexType type, string name)
    {
        if (!messages.TryGetValue(type, out var message))
        {
            message = New(Capital(type.Name.Local.Length > 0 ? Identifier(type.Name.Local, "Type") : name));
            messages.Add(type, message);
            pending.Enqueue((message, type));
        }

        return message;
    }

    private void Complete()
    {
        while (pending.TryDequeue(out var item))
        {
            Fill(item.Message, item.Type);
        }
    }

    private void Fill(ProtoMessage message, ComplexType type)
    {
        foreach (var attribute in type.Attributes)
        {
            Add(message, attribute.Name.Local + "_attribute", attribute.JsonName, attribute.Type, nillable: false, repeated: false, optional: !attribute.Required, message.Name);
        }

        if (type.Content == ContentKind.Simple)
        {
            Add(message, "value", "$", type.SimpleContent!, nillable: false, repeated: false, optional: false, message.Name);
        }
        else if (type.ContentAsList)
        {
            var item = New(message.Name + "_Item");
            item.IsOneOf = true;
            if (type.Content == ContentKind.Mixed)
            {
                AddField(item, "text", "", "string", null, repeated: false, optional: false);
            }

            foreach (var member in type.Members)
            {
                AddMember(item, member, repeated: false, optional: false);
            }

            AddField(message, "content", "$content", null, item, repeated: true, optional: false);
        }
        else
        {
            foreach (var member in type.Members)
            {
                AddMember(message, member, member.Repeated, !member.Required);
            }
        }
    }

    private void AddMember(ProtoMessage message, Member member, bool repeated, bool optional)
    {
        if (member.Element is { } element)
        {
            Add(message, element.Name.Local, member.JsonName, element.Type, element.Nillable, repeated, optional, message.Name + "_" + Identifier(element.Name.Local, "Field"));
        }
        else
        {
            AddField(message, "any_xml", member.JsonName, "string", null, repeated, optional);
        }
    }

    private void Add(ProtoMessage message, string name, string jsonName, SchemaType type, bool nillable, bool repeated, bool optional, string typeName)
    {
        if (nillable)
        {
            AddField(message, name, jsonName, null, Wrapper(type, typeName), repeated, optional);
            return;
        }

        switch (type)
        {
            case ComplexType { IsObject: true, Content: not ContentKind.Any } complex:
                AddField(message, name, jsonName, null, complex.Derived.Count > 0 ? Choice(complex) : MessageOf(complex, typeName), repeated, optional: false);
                break;
            case ComplexType { Content: ContentKind.Simple } complex:
                AddSimple(message, name, jsonName, complex.SimpleContent!, repeated, optional, typeName);
                break;
            case ComplexType:
                AddField(message, name, jsonName, "string", null, repeated, optional);
                break;
            default:
                AddSimple(message, name, jsonName, (SimpleType)type, repeated, optional, typeName);
                break;
        }
    }

    private void AddSimple(ProtoMessage message, string name, string jsonName, SimpleType type, bool repeated, bool optional, string typeName)
    {
        if (type.Variety != SimpleVariety.List)
        {
            AddField(message, name, jsonName, Scalar(type), null, repeated, optional);
        }
        else if (!repeated && !optional && !message.IsOneOf)
        {
            AddField(message, name, jsonName, Scalar(type.ItemType!), null, repeated: true, optional: false);
        }
        else
        {
            // A list of lists, or one that may be absent: protocol buffers need a message between.
            if (!wrappers.TryGetValue(type, out var list))
            {
                list = New(typeName + "_List");
                wrappers.Add(type, list);
                AddField(list, "items", "", Scalar(type.ItemType!), null, repeated: true, optional: false);
            }

            AddField(message, name, jsonName, null, list, repeated, optional: false);
        }
    }

    /// <summary>A value that may be nil: a choice between the value and the mark.</summary>
    private ProtoMessage Wrapper(SchemaType type, string name)
    {
        object key = (type, "nil");
        if (!wrappers.TryGetValue(key, out var wrapper))
        {
            wrapper = New(name + "_Nillable");
            wrapper.IsOneOf = true;
            wrappers.Add(key, wrapper);
            AddField(wrapper, "nil", "", "bool", null, repeated: false, optional: false);
            Add(wrapper, "value", "", type, nillable: false, repeated: false, optional: type is SimpleType { Variety: SimpleVariety.List }, name);
        }

        return wrapper;
    }

    private ProtoMessage Choice(ComplexType type)
    {
        object key = (type, "choice");
        if (!wrappers.TryGetValue(key, out var choice))
        {
            choice = New(Capital(Identifier(type.Name.Local, "Type")) + "_Choice");
            choice.IsOneOf = true;
            wrappers.Add(key, choice);
            foreach (var variant in type.Derived.Prepend(type).Where(t => !t.Abstract))
            {
                AddField(choice, variant.Name.Local, variant.TypeName, null, MessageOf(variant, variant.Name.Local), repeated: false, optional: false);
            }
        }

        return choice;
    }

    private static void AddField(ProtoMessage message, string name, string jsonName, string? type, ProtoMessage? of, bool repeated, bool optional)
    {
        var taken = message.List.Select(f => f.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        // 19,000 to 19,999 are reserved by protocol buffers.
        var number = message.List.Count + 1;
        number = number >= 19_000 ? number + 1_000 : number;
        message.List.Add(new ProtoField(Unique(taken, Identifier(name, "field" + number)), jsonName, number, type, of, repeated, optional && type is not null && !repeated));
    }

    private static string Scalar(SimpleType type) => type switch
    {
        { Variety: not SimpleVariety.Atomic } => "string",
        { Primitive: Primitive.Boolean } => "bool",
        { Primitive: Primitive.Float } => "float",
        { Primitive: Primitive.Double } => "double",
        { Primitive: Primitive.Base64Binary } => "bytes",
        { BuiltIn: "int" or "short" or "byte" } => "int32",
        { BuiltIn: "unsignedInt" or "unsignedShort" or "unsignedByte" } => "uint32",
        { BuiltIn: "long" } => "int64",
        { BuiltIn: "unsignedLong" } => "uint64",
        _ => "string",
    };
}
