using System.Diagnostics.CodeAnalysis;
using Google.Protobuf.Reflection;

namespace Tunduk.GrpcHosting.Server;

/// <summary>
/// A service of a .proto file. Stands in for the generated base class: <see cref="Bind"/> names the methods it implements; the
/// others answer UNIMPLEMENTED. An instance is made per call, from the call's services.
/// </summary>
public interface IGrpcService<TSelf> where TSelf : class, IGrpcService<TSelf>
{
    /// <summary>The service, from the generated reflection class.</summary>
    [SuppressMessage("Major Code Smell", "S2743", Justification = "A static abstract member is no field: each service has its own.")]
    static abstract ServiceDescriptor Descriptor { get; }

    /// <summary>Registers a handler per method; called once, when the service is mapped.</summary>
    static abstract void Bind(GrpcServiceBinder<TSelf> binder);
}
