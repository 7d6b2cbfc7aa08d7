using System.Text;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.Proto;

// Over 300 lines: every form of the model has its one place in it.

/// <summary>Makes the protocol buffers model of operations.</summary>
public sealed class ProtoBuilder
{
    /// <summary>JSON names that no member can have.</summary>
    internal const string ItemText = "$text";
    internal const string AnyAttributes = "@*";
    internal const string OtherMembers = "$*";
    internal const int NilNumber = 1;
    internal const int ValueNumber = 2;

    private readonly Dictionary<ComplexType, ProtoMessage> messages = [];
    private readonly Dictionary<(SchemaType Type, ProtoForm Form), ProtoMessage> wrappers = [];
    private readonly List<ProtoMessage> order = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly Queue<(ProtoMessage Message, ComplexType Type)> pending = [];
    private ProtoMessage? anyAttribute;
    private ProtoMessage? otherMember;

    /// <summary>The file of some operations of a contract.</summary>
    /// <param name="package">The package, for example <c>tunduk.services.registry</c>.</param>
    /// <param name="service">The service's name, for example <c>Registry</c>.</param>
    /// <param name="operations">The operations.</param>
    public static ProtoFile Build(string package, string service, IEnumerable<Operation> operations)
    {
        var builder = new ProtoBuilder();
        builder.names.Add(service);
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
        if (!root.Nillable && root.Lists == 0 && root.Type is ComplexType { IsObject: true, Content: not (ContentKind.Any or ContentKind.Json) } type && type.Derived.Count == 0)
        {
            return MessageOf(type, name);
        }

        var message = New(name, ProtoForm.Value);
        if (root.Lists > 0)
        {
            AddList(message, root, "value", "", required: true, name, ValueNumber);
            return message;
        }

        Add(message, "value", "", root.Type, root.Nillable, repeated: false, required: true, name, ValueNumber);
        return message;
    }

    private ProtoMessage New(string name, ProtoForm form, bool nilHasAttributes = false, bool isOpen = false)
    {
        var message = new ProtoMessage(Unique(names, name), form) { NilHasAttributes = nilHasAttributes, IsOpen = isOpen };
        order.Add(message);
        return message;
    }

    private ProtoMessage MessageOf(ComplexType type, string name)
    {
        if (!messages.TryGetValue(type, out var message))
        {
            message = New(Capital(type.Name.Local.Length > 0 ? Identifier(type.Name.Local, "Type") : name), ProtoForm.Object, isOpen: type is { IsJson: true, Closed: false });
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
            Add(message, attribute.Name.Local + "_attribute", attribute.JsonName, attribute.Type, nillable: false, repeated: false, attribute.Required, message.Name + "_" + Identifier(attribute.Name.Local, "Field"));
        }

        if (type.AnyAttribute is not null)
        {
            message.Add("any_attributes", AnyAttributes, ProtoKind.Message, AnyAttribute(), repeated: true);
        }

        if (type.Content == ContentKind.Simple)
        {
            Add(message, "value", "$", type.SimpleContent!, nillable: false, repeated: false, required: true, message.Name + "_Value", ValueNumber);
        }
        else if (type.ContentAsList)
        {
            var item = New(message.Name + "_Item", ProtoForm.Item);
            if (type.Content == ContentKind.Mixed)
            {
                item.Add("text", ItemText, ProtoKind.String, null, number: NilNumber);
            }

            foreach (var member in type.Members)
            {
                AddMember(item, member, repeated: false, required: false);
            }

            message.Add("content", "$content", ProtoKind.Message, item, repeated: true, isList: true, required: true, number: ValueNumber);
        }
        else
        {
            foreach (var member in type.Members)
            {
                AddMember(message, member, member.Repeated, member.Required);
            }

            if (type.TakesOthers)
            {
                message.Add("others", OtherMembers, ProtoKind.Message, OtherMember(), repeated: true);
            }
        }
    }

    private void AddMember(ProtoMessage message, Member member, bool repeated, bool required)
    {
        if (member.Element is { Lists: > 0 } list)
        {
            AddList(message, list, list.Name.Local, member.JsonName, required, message.Name + "_" + Identifier(list.Name.Local, "Field"));
        }
        else if (member.Element is { } element)
        {
            Add(message, element.Name.Local, member.JsonName, element.Type, element.Nillable, repeated, required, message.Name + "_" + Identifier(element.Name.Local, "Field"));
        }
        else
        {
            message.Add("any_xml", member.JsonName, ProtoKind.String, null, repeated, required: required);
        }
    }

    // An array of JSON is a list also when it is empty. Protocol buffers have no lists of lists: those are JSON text.
    private void AddList(ProtoMessage message, ElementDeclaration element, string name, string jsonName, bool required, string typeName, int number = 0)
    {
        if (element.Lists > 1)
        {
            message.Add(name, jsonName, ProtoKind.String, null, required: required, number: number, literal: true);
        }
        else
        {
            Add(message, name, jsonName, element.Type, element.Nillable, repeated: true, required, typeName, number, isList: true);
        }
    }

    private void Add(ProtoMessage message, string name, string jsonName, SchemaType type, bool nillable, bool repeated, bool required, string typeName, int number = 0, bool isList = false)
    {
        if (nillable)
        {
            message.Add(name, jsonName, ProtoKind.Message, Nillable(type, typeName), repeated, isList, required, number);
            return;
        }

        switch (type)
        {
            case ComplexType { Content: ContentKind.Json }:
                message.Add(name, jsonName, ProtoKind.String, null, repeated, isList, required, number, literal: true);
                break;
            case ComplexType { IsObject: true, Content: not ContentKind.Any } complex:
                message.Add(name, jsonName, ProtoKind.Message, complex.Derived.Count > 0 ? Variants(complex) : MessageOf(complex, typeName), repeated, isList, required, number);
                break;
            case ComplexType { Content: ContentKind.Simple } complex:
                AddSimple(message, name, jsonName, complex.SimpleContent!, repeated, required, typeName, number);
                break;
            case ComplexType:
                message.Add(name, jsonName, ProtoKind.String, null, repeated, required: required, number: number);
                break;
            default:
                AddSimple(message, name, jsonName, (SimpleType)type, repeated, required, typeName, number, isList);
                break;
        }
    }

    private void AddSimple(ProtoMessage message, string name, string jsonName, SimpleType type, bool repeated, bool required, string typeName, int number, bool isList = false)
    {
        if (type.JsonForm != JsonForm.Array)
        {
            var kind = Scalar(type);
            message.Add(name, jsonName, kind, null, repeated, isList, required, number, literal: type.JsonForm == JsonForm.Number && kind is (ProtoKind.String or ProtoKind.Int64 or ProtoKind.UInt64));
        }
        else if (!repeated && required && message.Form is ProtoForm.Object or ProtoForm.Value)
        {
            message.Add(name, jsonName, Scalar(type.ItemType!), null, repeated: true, isList: true, required: true, number: number);
        }
        else
        {
            // A list of lists, or one that may be absent: protocol buffers need a message between.
            if (!wrappers.TryGetValue((type, ProtoForm.List), out var list))
            {
                list = New(typeName + "_List", ProtoForm.List);
                wrappers.Add((type, ProtoForm.List), list);
                list.Add("items", "", Scalar(type.ItemType!), null, repeated: true, isList: true, number: ValueNumber);
            }

            message.Add(name, jsonName, ProtoKind.Message, list, repeated, required: required, number: number);
        }
    }

    /// <summary>A value that may be nil: the mark or the value; both where a nil element may carry attributes.</summary>
    private ProtoMessage Nillable(SchemaType type, string name)
    {
        if (!wrappers.TryGetValue((type, ProtoForm.Nillable), out var wrapper))
        {
            var attributes = type is ComplexType complex && complex.Derived.Prepend(complex).Any(t => t.Attributes.Count > 0 || t.AnyAttribute is not null);
            wrapper = New(name + "_Nillable", ProtoForm.Nillable, attributes);
            wrappers.Add((type, ProtoForm.Nillable), wrapper);
            wrapper.Add("nil", "$nil", ProtoKind.Bool, null, number: NilNumber);
            Add(wrapper, "value", "", type, nillable: false, repeated: false, required: false, name, ValueNumber);
        }

        return wrapper;
    }

    private ProtoMessage Variants(ComplexType type)
    {
        if (!wrappers.TryGetValue((type, ProtoForm.Variants), out var choice))
        {
            choice = New(Capital(Identifier(type.Name.Local, "Type")) + "_Choice", ProtoForm.Variants);
            wrappers.Add((type, ProtoForm.Variants), choice);
            foreach (var variant in type.Derived.Prepend(type).Where(t => !t.Abstract))
            {
                // The declared type itself is not named in JSON.
                var itself = ReferenceEquals(variant, type);
                choice.Add(variant.Name.Local, itself ? "" : variant.TypeName, ProtoKind.Message, MessageOf(variant, variant.Name.Local), number: itself ? NilNumber : 0);
            }
        }

        return choice;
    }

    private ProtoMessage AnyAttribute()
    {
        if (anyAttribute is null)
        {
            anyAttribute = New("AnyAttribute", ProtoForm.Attribute);
            anyAttribute.Add("name", "name", ProtoKind.String, null, required: true, number: NilNumber);
            anyAttribute.Add("value", "value", ProtoKind.String, null, required: true, number: ValueNumber);
        }

        return anyAttribute;
    }

    private ProtoMessage OtherMember()
    {
        if (otherMember is null)
        {
            otherMember = New("OtherMember", ProtoForm.Other);
            otherMember.Add("name", "name", ProtoKind.String, null, required: true, number: NilNumber);
            otherMember.Add("json", "json", ProtoKind.String, null, required: true, number: ValueNumber, literal: true);
        }

        return otherMember;
    }

    private static ProtoKind Scalar(SimpleType type) => type switch
    {
        { Variety: not SimpleVariety.Atomic } => ProtoKind.String,
        { Primitive: Primitive.Boolean } => ProtoKind.Bool,
        { Primitive: Primitive.Float } => ProtoKind.Float,
        { Primitive: Primitive.Double } => ProtoKind.Double,
        { Primitive: Primitive.Base64Binary } => ProtoKind.Bytes,
        { BuiltIn: "int" or "short" or "byte" } => ProtoKind.Int32,
        { BuiltIn: "unsignedInt" or "unsignedShort" or "unsignedByte" } => ProtoKind.UInt32,
        { BuiltIn: "long" } => ProtoKind.Int64,
        { BuiltIn: "unsignedLong" } => ProtoKind.UInt64,
        _ => ProtoKind.String,
    };
}
