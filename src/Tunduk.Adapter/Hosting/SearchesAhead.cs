using Tunduk.Archive;

namespace Tunduk.Adapter.Hosting;

/// <summary>
/// Once the listeners are open, lets the archive search ahead of its readers (<see cref="IArchive.WarmSearchesAsync"/>), so that whoever looks first waits no
/// longer than others. Nothing waits for it but the end, which cuts it short; what it ends with changes nothing.
/// </summary>
internal sealed partial class SearchesAhead(IArchive archive, ILogger<SearchesAhead> log) : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;

    public void Start() => running = Task.Run(RunAsync, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        if (await archive.WarmSearchesAsync(stop.Token) is { } fault)
        {
            LogFailed(fault.Name);
        }
    }

    [LoggerMessage(1724, LogLevel.Warning, "The archive could not search ahead of its readers: {Code}. The first searches may take longer")]
    private partial void LogFailed(string code);
}
