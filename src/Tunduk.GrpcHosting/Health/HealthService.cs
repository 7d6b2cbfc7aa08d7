using Google.Protobuf.Reflection;
using Grpc.Health.V1;
using Tunduk.GrpcHosting.Server;

namespace Tunduk.GrpcHosting.Health;

/// <summary>grpc.health.v1.Health.</summary>
internal sealed class HealthService(GrpcHealth health) : IGrpcService<HealthService>
{
    public static ServiceDescriptor Descriptor => HealthReflection.Descriptor.Services[0];

    public static void Bind(GrpcServiceBinder<HealthService> binder) => binder
        .Unary<HealthCheckRequest, HealthCheckResponse>("Check", static (service, request, _) => service.CheckAsync(request))
        .ServerStreaming<HealthCheckRequest, HealthCheckResponse>("Watch", static (service, request, responses, context) =>
            service.WatchAsync(request, responses, context.CancellationToken));

    private Task<HealthCheckResponse> CheckAsync(HealthCheckRequest request) => health.Find(request.Service) is { } status
        ? Task.FromResult(new HealthCheckResponse { Status = status })
        : throw new RpcException(StatusCode.NotFound, "No such service.");

    private async Task WatchAsync(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responses, CancellationToken cancellationToken)
    {
        HealthCheckResponse.Types.ServingStatus? told = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            Task change = health.NextChange;
            HealthCheckResponse.Types.ServingStatus now = health.Find(request.Service) ?? HealthCheckResponse.Types.ServingStatus.ServiceUnknown;
            if (told != now)
            {
                await responses.WriteAsync(new HealthCheckResponse { Status = now }, cancellationToken);
                told = now;
            }

            await change.WaitAsync(cancellationToken);
        }
    }
}
