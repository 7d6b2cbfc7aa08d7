using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tunduk.GrpcHosting.Server;

namespace Tunduk.GrpcHosting.Reflection;

/// <summary>The standard reflection service.</summary>
public static class GrpcReflectionExtensions
{
    /// <summary>Adds reflection that shows a caller the methods <paramref name="permits"/> says it may call, and no others.</summary>
    public static IServiceCollection AddGrpcReflection(this IServiceCollection services, Func<HttpContext, MethodDescriptor, bool> permits) =>
        services.AddSingleton(new ReflectionRules(permits));

    /// <summary>Maps grpc.reflection.v1.ServerReflection.</summary>
    public static IEndpointConventionBuilder MapGrpcReflectionService(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGrpcService<ReflectionService>();
}
