using System.Net;
using Grpc.Health.V1;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Retention;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Telemetry;
using Tunduk.Adapter.Trust;
using Tunduk.Archive;
using Tunduk.GrpcHosting.Health;

namespace Tunduk.Adapter.Hosting;

/// <summary>What an adapter has from its start to its end, whatever becomes of its configuration.</summary>
internal sealed record LastingParts
{
    public required IArchive Archive { get; init; }

    public required SigningKeys Keys { get; init; }

    public required AgreementKeeper Agreements { get; init; }

    public required CallerDoor Door { get; init; }

    public required AdapterMetrics Metrics { get; init; }

    public required PrometheusText Prometheus { get; init; }

    public required UnauthenticatedRefusals Unauthenticated { get; init; }

    /// <summary>Who has signed before.</summary>
    public required SignatureExpectations Expectations { get; init; }

    /// <summary>What was signed here, to say where a received form parts from it.</summary>
    public required SignedCopies Copies { get; init; }

    /// <summary>Own requests under way, whatever generation took them.</summary>
    public RequestsUnderWay UnderWay { get; } = new();

    /// <summary>Bytes of messages under way, whatever generation took them.</summary>
    public required BodyBudget Bodies { get; init; }

    /// <summary>Certificates that neighbours showed on connections.</summary>
    public required SeenCertificates Seen { get; init; }

    /// <summary>Erasing and holding take turns across every change.</summary>
    public required HoldBook Holds { get; init; }

    /// <summary>What <c>/health/ready</c> says; made after the first generation.</summary>
    public required Func<HealthReport> Health { get; init; }

    /// <summary>What <c>grpc.health.v1.Health</c> says; watches go on across every change.</summary>
    public GrpcHealth RpcHealth { get; } = new();

    /// <summary>Where links lead that are told by gRPC: the address of <c>Listen:Is</c> under the name the client knows us by; null where there is none.</summary>
    public required Func<HttpRequest, Uri?> Site { get; init; }

    /// <summary>Where the adapter listens: addresses and certificates are those of the start.</summary>
    public required ListenOptions Listen { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Who knows the addresses of the security servers' names; null for the system.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>>? Names { get; init; }

    /// <summary>When the adapter started.</summary>
    public required DateTimeOffset Started { get; init; }

    public required ILoggerFactory Logs { get; init; }

    /// <summary>From now on clients go elsewhere.</summary>
    public void Drain() => RpcHealth.SetStatus("", HealthCheckResponse.Types.ServingStatus.NotServing);
}
