using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Tunduk.GrpcHosting.Wire;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Tunduk.GrpcHosting.Server;

/// <summary>Maps services to <c>/package.Service/Method</c>.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    private static readonly string[] Post = [HttpMethods.Post];

    /// <summary>
    /// Maps every method of a service; each endpoint carries its <see cref="MethodDescriptor"/> as metadata. Methods without a handler
    /// and, from the first service on, unknown services answer UNIMPLEMENTED.
    /// </summary>
    public static IEndpointConventionBuilder MapGrpcService<TService>(this IEndpointRouteBuilder endpoints)
        where TService : class, IGrpcService<TService>
    {
        GrpcServer server = endpoints.ServiceProvider.GetService<GrpcServer>()
            ?? throw new InvalidOperationException("gRPC is not registered: call AddGrpc() on the services.");
        ServiceDescriptor service = TService.Descriptor;
        GrpcServiceBinder<TService> binder = new(service);
        TService.Bind(binder);
        server.Add(service);

        RouteGroupBuilder group = endpoints.MapGroup("");
        foreach ((MethodDescriptor method, Func<TService, ServerCall, Task> handler) in binder.Methods)
        {
            string path = $"/{service.FullName}/{method.Name}";
            group.MapMethods(path, Post, (RequestDelegate)(http => server.HandleAsync(http, path, call => InvokeAsync(call, handler))))
                .WithMetadata(method)
                .WithDisplayName("gRPC " + path);
        }

        MapUnimplemented(group, server, $"/{service.FullName}/{{unimplementedMethod}}");
        if (!server.HasFallback)
        {
            server.HasFallback = true;
            MapUnimplemented(endpoints, server, "/{unimplementedService}/{unimplementedMethod}");
        }

        return group;
    }

    /// <summary>The instance is the container's, or one made for the call and disposed after it.</summary>
    private static async Task InvokeAsync<TService>(ServerCall call, Func<TService, ServerCall, Task> handler) where TService : class
    {
        IServiceProvider services = call.Http.RequestServices;
        if (services.GetService<TService>() is { } shared)
        {
            await handler(shared, call);
            return;
        }

        TService made = ActivatorUtilities.CreateInstance<TService>(services);
        try
        {
            await handler(made, call);
        }
        finally
        {
            if (made is IAsyncDisposable asynchronous)
            {
                await asynchronous.DisposeAsync();
            }
            else
            {
                (made as IDisposable)?.Dispose();
            }
        }
    }

    private static void MapUnimplemented(IEndpointRouteBuilder endpoints, GrpcServer server, string pattern)
    {
        RoutePattern parsed = RoutePatternFactory.Parse(pattern, defaults: null, parameterPolicies: new { unimplementedMethod = new GrpcOnly() });
        endpoints.MapMethods(parsed.RawText!, Post, (RequestDelegate)(http => server.HandleAsync(http, path: null, GrpcServer.Unimplemented)))
            .WithDisplayName("gRPC unimplemented " + pattern)
            .Add(builder =>
            {
                RouteEndpointBuilder route = (RouteEndpointBuilder)builder;
                route.RoutePattern = parsed;
                route.Order = int.MaxValue;
            });
    }

    /// <summary>Leaves every request that is no gRPC to the other routes of the application.</summary>
    private sealed class GrpcOnly : IRouteConstraint
    {
        public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
            httpContext is not null && WireNames.IsGrpcContentType(httpContext.Request.ContentType);
    }
}
