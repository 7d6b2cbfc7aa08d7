using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Tunduk.GrpcHosting.Reflection;

/// <summary>
/// The descriptors one caller may see: the mapped services with a permitted method, the files that declare them, and what those
/// import. In the files handed out, methods and services that are not permitted are left out.
/// LIMIT: a file's messages are shown as a whole, also those that only a hidden method uses; declare services for different roles in different files.
/// </summary>
internal sealed class VisibleDescriptors
{
    private readonly HashSet<string> _methods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _files = new(StringComparer.Ordinal);

    public VisibleDescriptors(IEnumerable<ServiceDescriptor> mapped, Func<MethodDescriptor, bool> permits)
    {
        foreach (ServiceDescriptor service in mapped)
        {
            string[] permitted = [.. service.Methods.Where(permits).Select(m => m.FullName)];
            if (permitted.Length > 0)
            {
                _methods.UnionWith(permitted);
                Services.Add(service.FullName);
                Add(service.File);
            }
        }
    }

    public SortedSet<string> Services { get; } = new(StringComparer.Ordinal);

    public FileDescriptor? FindFile(string name) => _files.GetValueOrDefault(name);

    public FileDescriptor? FindDeclaring(string symbol) => _files.Values.FirstOrDefault(f =>
        f.Services.Any(s => (s.FullName == symbol && Services.Contains(symbol)) || s.Methods.Any(m => m.FullName == symbol && _methods.Contains(symbol)))
        || f.EnumTypes.Any(e => Declares(e, symbol))
        || f.Extensions.UnorderedExtensions.Any(x => x.FullName == symbol)
        || f.MessageTypes.Any(m => Declares(m, symbol)));

    public bool HasMessage(string fullName) => _files.Values.Any(f => f.MessageTypes.Any(m => FindMessage(m, fullName)));

    public IEnumerable<FieldDescriptor> ExtensionsOf(string fullName) =>
        _files.Values.SelectMany(f => f.Extensions.UnorderedExtensions).Where(x => x.ExtendeeType.FullName == fullName);

    /// <summary>The file and what it imports, each without the services and methods that are not permitted.</summary>
    public IEnumerable<ByteString> Serialize(FileDescriptor file)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        Stack<FileDescriptor> open = new([file]);
        while (open.TryPop(out FileDescriptor? next))
        {
            if (!seen.Add(next.Name))
            {
                continue;
            }

            yield return Prune(next);
            foreach (FileDescriptor import in next.Dependencies)
            {
                open.Push(import);
            }
        }
    }

    private ByteString Prune(FileDescriptor file)
    {
        if (file.Services.SelectMany(s => s.Methods).All(m => _methods.Contains(m.FullName)) && file.Services.All(s => Services.Contains(s.FullName)))
        {
            return file.SerializedData;
        }

        FileDescriptorProto proto = FileDescriptorProto.Parser.ParseFrom(file.SerializedData);
        string prefix = file.Package.Length == 0 ? "" : file.Package + ".";
        foreach (ServiceDescriptorProto service in proto.Service.ToArray())
        {
            if (!Services.Contains(prefix + service.Name))
            {
                proto.Service.Remove(service);
                continue;
            }

            foreach (MethodDescriptorProto method in service.Method.ToArray())
            {
                if (!_methods.Contains($"{prefix}{service.Name}.{method.Name}"))
                {
                    service.Method.Remove(method);
                }
            }
        }

        return proto.ToByteString();
    }

    private void Add(FileDescriptor file)
    {
        if (_files.TryAdd(file.Name, file))
        {
            foreach (FileDescriptor import in file.Dependencies)
            {
                Add(import);
            }
        }
    }

    private static bool FindMessage(MessageDescriptor message, string fullName) =>
        message.FullName == fullName || message.NestedTypes.Any(n => FindMessage(n, fullName));

    private static bool Declares(EnumDescriptor type, string symbol) => type.FullName == symbol || type.Values.Any(v => v.FullName == symbol);

    private static bool Declares(MessageDescriptor message, string symbol) =>
        message.FullName == symbol
        || message.Fields.InDeclarationOrder().Any(f => f.FullName == symbol)
        || message.Oneofs.Any(o => o.FullName == symbol)
        || message.EnumTypes.Any(e => Declares(e, symbol))
        || message.NestedTypes.Any(n => Declares(n, symbol));
}
