using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tunduk.GrpcHosting.Server;

namespace Tunduk.GrpcHosting.Health;

/// <summary>The standard health service.</summary>
public static class GrpcHealthExtensions
{
    /// <summary>Adds <see cref="GrpcHealth"/>, through which the host says what state its services are in.</summary>
    public static IServiceCollection AddGrpcHealthChecks(this IServiceCollection services)
    {
        services.TryAddSingleton<GrpcHealth>();
        return services;
    }

    /// <summary>Maps grpc.health.v1.Health.</summary>
    public static IEndpointConventionBuilder MapGrpcHealthChecksService(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGrpcService<HealthService>();
}
