using Google.Protobuf.Reflection;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Rpc;
using Tunduk.Adapter.Telemetry;
using Tunduk.GrpcHosting;
using Tunduk.GrpcHosting.Health;
using Tunduk.GrpcHosting.Reflection;
using Tunduk.GrpcHosting.Server;

namespace Tunduk.Adapter.Listeners;

/// <summary>
/// Methods of <c>Listen:Grpc</c>: <c>tunduk.adapter.v1</c>, the typed methods of the contracts, health and reflection. Callers are
/// known by the same keys and certificates as on REST; only health asks for none.
/// </summary>
internal sealed class GrpcListener(
    AdapterOptions options,
    CallerDoor door,
    ServiceCatalogue services,
    ExchangeRpc exchange,
    ArchiveRpc archive,
    RpcCalls calls,
    TypedServices typed,
    TypedRpc typedRpc,
    GrpcHealth health,
    BodyBudget bodies,
    UnauthenticatedRefusals refusals,
    AdapterMetrics metrics,
    TimeProvider clock) : IListenerFace
{
    private const string GrpcContentType = "application/grpc";
    private static readonly string[] Exchanges = ["is"];
    private readonly HealthGate gate = new(clock);

    public void AddParts(IServiceCollection parts)
    {
        parts.AddSingleton(health);
        parts.AddSingleton(exchange);
        parts.AddSingleton(archive);

        // What lies between a body's bound and this one is refused by name.
        parts.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = (int)Math.Min(2L * options.Limits.MaxBody, int.MaxValue);
            grpc.RefuseMalformedMessage = MalformedAsync;
            grpc.HoldMessage = Hold;
            grpc.LongestPause = options.Limits.ProgressTimeout;
            grpc.PauseClock = clock;
            grpc.RefuseStalledMessage = context => UnreadAsync(context, Stalled());
            grpc.RefuseOversizedMessage = context => UnreadAsync(context, TooLarge());
        });
        parts.AddGrpcHealthChecks();
        parts.AddGrpcReflection(Permits);
    }

    public void Map(WebApplication application)
    {
        application.Use(AuthenticateAsync);
        application.MapGrpcHealthChecksService();
        application.MapGrpcReflectionService();
        application.MapGrpcService<ExchangeRpc>();
        application.MapGrpcService<ArchiveRpc>();
        foreach (var service in typed.All)
        {
            application.MapGrpcBytesService(service.Descriptor, (method, request, context) => typedRpc.CallAsync(service, service.Find(method.Name)!, request, context));
        }
    }

    public Task RefuseAsync(HttpContext context, ExchangeError error)
    {
        TrailersOnly.Write(context.Response, calls.Refuse(context, new ExchangeAnswer { Error = error }));
        return Task.CompletedTask;
    }

    private Task<RpcException> MalformedAsync(ServerCallContext context) =>
        UnreadAsync(context, new ExchangeError(ExchangeStage.Decode, ExchangeCodes.ProtobufMalformed) { Path = "message", Expected = RefusalPhrases.Of("message_of_method_type"), Found = RefusalPhrases.Of("bytes_that_are_none") });

    private ExchangeError Stalled() =>
        new(ExchangeStage.Decode, ExchangeCodes.TransferStalled) { Path = "message", Expected = RefusalPhrases.Of("byte_at_least_every_s_limits", options.Limits.ProgressTimeout.TotalSeconds), Found = RefusalPhrases.Of("none") };

    private ExchangeError TooLarge() =>
        new(ExchangeStage.Decode, ExchangeCodes.MessageTooLarge) { Path = "message", Expected = RefusalPhrases.Of("at_most_bytes_limits_maxbody", options.Limits.MaxBody), Found = RefusalPhrases.Of("more") };

    // A record of its own for who is known, whatever the method: an exchange that was not one, or a look that was none.
    private async Task<RpcException> UnreadAsync(ServerCallContext context, ExchangeError error)
    {
        var method = context.GetHttpContext().GetEndpoint()?.Metadata.GetMetadata<MethodDescriptor>();
        return method is null ? calls.Refuse(context, error)
            : IsExchange(method) ? await exchange.MalformedAsync(context, error)
            : method.Service.FullName == ArchiveRpc.Descriptor.FullName ? await archive.MalformedAsync(context, method.Name, error)
            : calls.Refuse(context, error);
    }

    private Task AuthenticateAsync(HttpContext context, RequestDelegate next)
    {
        if (HealthGate.IsOf(context))
        {
            return gate.PassAsync(context, next, RefuseAsync);
        }

        var method = context.GetEndpoint()?.Metadata.GetMetadata<MethodDescriptor>();
        IReadOnlyList<string> roles = method is not null && IsExchange(method) ? Exchanges : [];
        var anonymous = options.Listen.AllowIsUnauthenticated && method?.Service.FullName != ArchiveRpc.Descriptor.FullName ? Caller.Anonymous : null;
        if (!door.Enter(context, roles, anonymous).TryGet(out var caller, out var error))
        {
            metrics.Unauthenticated("grpc");
            refusals.Count("grpc", context.Connection.RemoteIpAddress, error);
            return RefuseAsync(context, error);
        }

        RpcCalls.SetCaller(context, caller);
        return method is null && context.Request.ContentType?.StartsWith(GrpcContentType, StringComparison.Ordinal) == true
            ? RefuseAsync(context, new ExchangeError(ExchangeStage.Decode, ExchangeCodes.AddressUnknown) { Path = "method", Expected = RefusalPhrases.Of("method_that_reflection_lists"), Found = RefusalPhrases.Of("another"), Remedy = RefusalTexts.Remedy(ExchangeCodes.AddressUnknown, "grpc") })
            : next(context);
    }

    private IDisposable Hold(ServerCallContext context, int bytes)
    {
        if (HealthGate.TooLong(context.GetHttpContext(), bytes) is { } tooLong)
        {
            throw calls.Refuse(context, tooLong);
        }

        return bodies.TryHold(bytes) ?? throw calls.Refuse(context, bodies.Refusal());
    }

    // Reflection shows a caller what it may call, and no more.
    private bool Permits(HttpContext context, MethodDescriptor method)
    {
        if (RpcCalls.FindCaller(context) is not { } caller || (RolesOf(method) is { Length: > 0 } roles && !roles.Any(caller.Has)))
        {
            return false;
        }

        return typed.Find(method.Service.FullName) is not { } service || services.FindConsumed(caller, service.Alias, client: null).Error is null;
    }

    // The archive's own gate says who may look, so that what it denies is an entry; here it is a matter of what is shown.
    private string[] RolesOf(MethodDescriptor method) =>
        IsExchange(method) ? Exchanges
        : method.Service.FullName != ArchiveRpc.Descriptor.FullName ? []
        : method.Name == "Explain" ? ["auditor", "operations"]
        : ["auditor"];

    private bool IsExchange(MethodDescriptor method) =>
        method.Service.FullName == ExchangeRpc.Descriptor.FullName || typed.Find(method.Service.FullName) is not null;
}
