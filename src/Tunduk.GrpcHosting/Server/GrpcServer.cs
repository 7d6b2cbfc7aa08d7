using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tunduk.GrpcHosting.Wire;

namespace Tunduk.GrpcHosting.Server;

/// <summary>What all calls share, and the services that were mapped.</summary>
internal sealed class GrpcServer(IOptions<GrpcServiceOptions> options, ILogger<GrpcServer> logger, TimeProvider? clock = null)
{
    private readonly List<ServiceDescriptor> _services = [];

    /// <summary>Mapped while the application is built, read by reflection afterwards.</summary>
    public IReadOnlyList<ServiceDescriptor> Services => _services;

    /// <summary>Whether the routes for unknown services exist.</summary>
    public bool HasFallback { get; set; }

    public void Add(ServiceDescriptor service)
    {
        if (_services.Contains(service))
        {
            throw new InvalidOperationException($"{service.FullName} is mapped twice.");
        }

        _services.Add(service);
    }

    /// <summary>Answers one request. The path is the one spelling that is meant (routing ignores case, gRPC does not), or null for any.</summary>
    public async Task HandleAsync(HttpContext http, string? path, Func<ServerCall, Task> handler)
    {
        if (!HttpProtocol.IsHttp2(http.Request.Protocol) && !HttpProtocol.IsHttp3(http.Request.Protocol))
        {
            http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            http.Response.Headers.Upgrade = "HTTP/2";
            return;
        }

        if (!WireNames.IsGrpcContentType(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        LiftLimits(http);
        using ServerCall call = new(http, options.Value, clock ?? TimeProvider.System, logger);
        await call.RunAsync(path is null || string.Equals(path, http.Request.Path.Value, StringComparison.Ordinal) ? handler : Unimplemented);
    }

    public static Task Unimplemented(ServerCall call) =>
        throw new RpcException(StatusCode.Unimplemented, "The server has no such method or service.");

    /// <summary>A stream may be long and slow: the size of a request and the pace of its caller are the service's affair (message limits, deadlines).</summary>
    private static void LiftLimits(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }
}
