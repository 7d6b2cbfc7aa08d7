using Tunduk.Adapter.Listeners;

namespace Tunduk.Adapter.Hosting;

/// <summary>What one listener shows, as an application with a container and a routing table of its own; it listens to nothing by itself.</summary>
internal sealed class FaceHost : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly FaceServer server;

    private FaceHost(WebApplication application, FaceServer server)
    {
        this.application = application;
        this.server = server;
    }

    /// <summary>The pipeline.</summary>
    public IFaceApplication Application => server.Application;

    /// <summary>Every route it has.</summary>
    public IReadOnlyList<Endpoint> Endpoints => [.. ((IEndpointRouteBuilder)application).DataSources.SelectMany(source => source.Endpoints)];

    /// <summary>Builds and starts the application.</summary>
    public static FaceHost Start(string address, IReadOnlyList<string> allowedHosts, IListenerFace face, long maxBody, ILoggerFactory logs)
    {
        var server = new FaceServer();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.Services.AddLogging();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseServer(server);
        face.AddParts(builder.Services);
        var application = builder.Build();
        application.Use((context, next) =>
        {
            BodyLimit.Begin(context, maxBody);
            return next(context);
        });
        application.Use(new RequestGuard(address, allowedHosts, face.RefuseAsync, logs.CreateLogger<RequestGuard>()).InvokeAsync);
        face.Map(application);
        application.Start();
        return new FaceHost(application, server);
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();
}
