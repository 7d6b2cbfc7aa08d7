using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Proto;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Tunduk.Adapter.Rpc;

/// <summary>The typed gRPC service of one alias, made of its contract.</summary>
/// <param name="Alias">Alias of the configuration.</param>
/// <param name="Operation">The operation.</param>
/// <param name="Method">Its messages.</param>
/// <param name="Descriptor">What reflection shows.</param>
internal sealed record TypedService(string Alias, Operation Operation, ProtoMethod Method, ServiceDescriptor Descriptor)
{
    /// <summary><c>package.Service/Method</c>.</summary>
    public string FullMethod => $"{Descriptor.FullName}/{Method.Name}";
}
