namespace Tunduk.Adapter.Hosting;

/// <summary>Signals belong to the process, not to one of its listeners or faces.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
