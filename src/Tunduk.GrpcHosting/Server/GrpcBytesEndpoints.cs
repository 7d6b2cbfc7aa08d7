using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Tunduk.GrpcHosting.Server;

/// <summary>Maps services that are known at run time only: their messages are bytes, read and written by the host's own codec.</summary>
public static class GrpcBytesEndpoints
{
    private static readonly string[] Post = [HttpMethods.Post];

    /// <summary>
    /// Maps every method of a service, all of which must be unary; reflection serves its descriptor. What the handler throws becomes
    /// the status, as with generated messages.
    /// </summary>
    public static IEndpointConventionBuilder MapGrpcBytesService(
        this IEndpointRouteBuilder endpoints, ServiceDescriptor service, Func<MethodDescriptor, ReadOnlyMemory<byte>, ServerCallContext, Task<ReadOnlyMemory<byte>>> handler)
    {
        GrpcServer server = endpoints.ServiceProvider.GetRequiredService<GrpcServer>();
        server.Add(service);
        RouteGroupBuilder group = endpoints.MapGroup("");
        foreach (MethodDescriptor method in service.Methods)
        {
            if (method.IsClientStreaming || method.IsServerStreaming)
            {
                throw new ArgumentException($"{method.FullName} is a stream.", nameof(service));
            }

            string path = $"/{service.FullName}/{method.Name}";
            group.MapMethods(path, Post, (RequestDelegate)(http => server.HandleAsync(http, path, async call =>
                    call.WriteLast(await handler(method, await call.ReadSingleBytesAsync(), call.Context)))))
                .WithMetadata(method)
                .WithDisplayName("gRPC " + path);
        }

        return group;
    }
}
