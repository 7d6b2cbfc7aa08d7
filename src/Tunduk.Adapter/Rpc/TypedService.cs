using Tunduk.XRoad.Contracts.Proto;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Tunduk.Adapter.Rpc;

/// <summary>The typed gRPC service of one alias, made of its contract.</summary>
/// <param name="Alias">Alias of the configuration.</param>
/// <param name="Methods">Its methods, in the order of the descriptor: one of SOAP, one for each operation of REST.</param>
/// <param name="Descriptor">What reflection shows.</param>
internal sealed record TypedService(string Alias, IReadOnlyList<ProtoMethod> Methods, ServiceDescriptor Descriptor)
{
    /// <summary><c>package.Service/Method</c>; of several the service alone, <c>package.Service</c>.</summary>
    public string FullMethod => Methods.Count == 1 ? $"{Descriptor.FullName}/{Methods[0].Name}" : Descriptor.FullName;

    /// <summary>The method of a name; null where there is none.</summary>
    public ProtoMethod? Find(string name) => Methods.FirstOrDefault(method => method.Name == name);
}
