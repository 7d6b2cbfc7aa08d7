using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Tunduk.Adapter.Sandbox.Register;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.V1;
using Tunduk.GrpcHosting.Server;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Tunduk.Adapter.Tests.Rpc;

/// <summary>An own information system that implements <c>tunduk.adapter.v1.Provider</c>, on a Kestrel of its own.</summary>
internal sealed class ProviderService : IGrpcService<ProviderService>, IAsyncDisposable
{
    private WebApplication? application;

    public static ServiceDescriptor Descriptor => ProviderReflection.Descriptor.Services[0];

    public Uri Address => new(application!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public ConcurrentQueue<(AnswerRequest Request, TimeSpan Left)> Calls { get; } = new();

    public Func<AnswerRequest, ServerCallContext, Task<AnswerResponse>> Answer { get; set; } = static (_, _) => Task.FromResult(new AnswerResponse { Json = ByteString.CopyFrom(Person()) });

    public static void Bind(GrpcServiceBinder<ProviderService> binder) =>
        binder.Unary<AnswerRequest, AnswerResponse>("Answer", static (self, request, context) => self.AnswerAsync(request, context));

    /// <summary>What the register knows of somebody, by the contract, without the echoed request.</summary>
    public static byte[] Person() => [.. "{\"response\":"u8, .. RegisterJson.Person(TestPersons.Somebody), (byte)'}'];

    public static async Task<ProviderService> StartAsync()
    {
        var service = new ProviderService();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddLogging();
        builder.Services.AddSingleton(service);
        builder.Services.AddGrpc();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseGrpc()));
        service.application = builder.Build();
        service.application.MapGrpcService<ProviderService>();
        await service.application.StartAsync();
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await application!.StopAsync(now.Token);
        await application.DisposeAsync();
    }

    private Task<AnswerResponse> AnswerAsync(AnswerRequest request, ServerCallContext context)
    {
        Calls.Enqueue((request, context.Deadline - TimeProvider.System.GetUtcNow().UtcDateTime));
        return Answer(request, context);
    }
}
