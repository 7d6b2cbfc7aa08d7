using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tunduk.GrpcHosting.Wire;

namespace Tunduk.GrpcHosting.Server;

/// <summary>Registers what <c>MapGrpcService</c> needs.</summary>
public static class GrpcServiceCollectionExtensions
{
    /// <summary>Adds the server; options out of range stop the start with the setting's name and the remedy.</summary>
    public static IServiceCollection AddGrpc(this IServiceCollection services, Action<GrpcServiceOptions>? configure = null)
    {
        services.AddRouting();
        services.TryAddSingleton<GrpcServer>();
        services.AddOptions<GrpcServiceOptions>()
            .Configure(options => configure?.Invoke(options))
            .Validate(o => o.MaxReceiveMessageSize is null or > 0, "MaxReceiveMessageSize is not positive: give bytes, or null for no limit.")
            .Validate(o => o.MaxSendMessageSize is null or > 0, "MaxSendMessageSize is not positive: give bytes, or null for no limit.")
            .Validate(o => o.ResponseCompressionAlgorithm is null or WireNames.Identity or WireNames.Gzip,
                "ResponseCompressionAlgorithm is unknown: give gzip, or null for none.")
            .ValidateOnStart();
        return services;
    }
}
