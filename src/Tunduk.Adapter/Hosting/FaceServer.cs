using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Tunduk.Adapter.Hosting;

/// <summary>A server without sockets: it holds an application's pipeline so that a Kestrel can hand requests to whichever application is current.</summary>
internal sealed class FaceServer : IServer
{
    private IFaceApplication? application;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    /// <summary>The pipeline; there is one once the application has started.</summary>
    public IFaceApplication Application => application ?? throw new InvalidOperationException("The application has not started.");

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        this.application = new FaceApplication<TContext>(application);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        // Nothing is held.
    }

    private sealed class FaceApplication<TContext>(IHttpApplication<TContext> inner) : IFaceApplication
        where TContext : notnull
    {
        public object CreateContext(IFeatureCollection features) => inner.CreateContext(features);

        public Task ProcessRequestAsync(object context) => inner.ProcessRequestAsync((TContext)context);

        public void DisposeContext(object context, Exception? exception) => inner.DisposeContext((TContext)context, exception);
    }
}
