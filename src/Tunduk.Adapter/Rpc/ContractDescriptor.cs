using Google.Protobuf;
using Google.Protobuf.Reflection;
using Tunduk.XRoad.Contracts.Proto;

namespace Tunduk.Adapter.Rpc;

/// <summary>The descriptor of a contract's protocol buffers model: what protoc would make of its <c>.proto</c> text.</summary>
internal static class ContractDescriptor
{
    /// <summary>The file's descriptor.</summary>
    /// <exception cref="DescriptorValidationException">The model breaks a rule of protocol buffers; a bug of the model, or a contract with names that meet.</exception>
    public static FileDescriptor Build(ProtoFile file, string name) =>
        FileDescriptor.BuildFromByteStrings([ToProto(file, name).ToByteString()])[0];

    /// <summary>The same as a message.</summary>
    public static FileDescriptorProto ToProto(ProtoFile file, string name)
    {
        var proto = new FileDescriptorProto { Name = name, Package = file.Package, Syntax = "proto3" };
        proto.MessageType.AddRange(file.Messages.Select(message => Message(file.Package, message)));
        var service = new ServiceDescriptorProto { Name = file.Service };
        service.Method.AddRange(file.Methods.Select(method => new MethodDescriptorProto
        {
            Name = method.Name,
            InputType = $".{file.Package}.{method.Request.Name}",
            OutputType = $".{file.Package}.{method.Response.Name}",
        }));
        proto.Service.Add(service);
        return proto;
    }

    private static DescriptorProto Message(string package, ProtoMessage message)
    {
        var proto = new DescriptorProto { Name = message.Name };
        if (message.IsOneOf)
        {
            proto.OneofDecl.Add(new OneofDescriptorProto { Name = "kind" });
        }

        foreach (var field in message.Fields)
        {
            var member = new FieldDescriptorProto
            {
                Name = field.Name,
                Number = field.Number,
                Label = field.Repeated ? FieldDescriptorProto.Types.Label.Repeated : FieldDescriptorProto.Types.Label.Optional,
                Type = TypeOf(field.Kind),
            };
            if (field.JsonName.Length > 0)
            {
                member.JsonName = field.JsonName;
            }

            if (field.Message is { } of)
            {
                member.TypeName = $".{package}.{of.Name}";
            }

            if (message.IsOneOf)
            {
                member.OneofIndex = 0;
            }
            else if (field.HasPresence(message))
            {
                // "optional" of proto3 is a oneof of its own, named after the field.
                member.Proto3Optional = true;
                member.OneofIndex = proto.OneofDecl.Count;
                proto.OneofDecl.Add(new OneofDescriptorProto { Name = "_" + field.Name });
            }

            proto.Field.Add(member);
        }

        return proto;
    }

    private static FieldDescriptorProto.Types.Type TypeOf(ProtoKind kind) => kind switch
    {
        ProtoKind.Bytes => FieldDescriptorProto.Types.Type.Bytes,
        ProtoKind.Bool => FieldDescriptorProto.Types.Type.Bool,
        ProtoKind.Int32 => FieldDescriptorProto.Types.Type.Int32,
        ProtoKind.UInt32 => FieldDescriptorProto.Types.Type.Uint32,
        ProtoKind.Int64 => FieldDescriptorProto.Types.Type.Int64,
        ProtoKind.UInt64 => FieldDescriptorProto.Types.Type.Uint64,
        ProtoKind.Float => FieldDescriptorProto.Types.Type.Float,
        ProtoKind.Double => FieldDescriptorProto.Types.Type.Double,
        ProtoKind.Message => FieldDescriptorProto.Types.Type.Message,
        _ => FieldDescriptorProto.Types.Type.String,
    };
}
