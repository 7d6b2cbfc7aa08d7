using System.Collections.Concurrent;
using Grpc.Health.V1;

namespace Tunduk.GrpcHosting.Health;

/// <summary>The states the health service tells. The empty name is the server as a whole; it is SERVING until said otherwise.</summary>
public sealed class GrpcHealth
{
    private readonly ConcurrentDictionary<string, HealthCheckResponse.Types.ServingStatus> _states = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = NewSignal();

    public GrpcHealth() => _states[""] = HealthCheckResponse.Types.ServingStatus.Serving;

    /// <summary>Sets a service's state; those who watch it are told.</summary>
    public void SetStatus(string service, HealthCheckResponse.Types.ServingStatus status)
    {
        _states[service] = status;
        Signal();
    }

    /// <summary>Forgets a service.</summary>
    public void ClearStatus(string service)
    {
        _states.TryRemove(service, out _);
        Signal();
    }

    internal HealthCheckResponse.Types.ServingStatus? Find(string service) =>
        _states.TryGetValue(service, out HealthCheckResponse.Types.ServingStatus status) ? status : null;

    /// <summary>Completes at the next change of any state; to be taken before the state is read.</summary>
    internal Task NextChange => Volatile.Read(ref _changed).Task;

    private void Signal() => Interlocked.Exchange(ref _changed, NewSignal()).SetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
