using System.Net;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// Refusals before a caller or signer is known: counted, and archived as one entry per peer, code and minute, so that
/// a stranger cannot fill the archive (ARCHIVE "When the second append fails").
/// </summary>
internal sealed partial class UnauthenticatedRefusals(IArchive archive, TimeProvider clock, ILogger<UnauthenticatedRefusals> log) : IAsyncDisposable
{
    private const int MostPeers = 1_000;
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stop = new();
    private Dictionary<(string Listener, string Peer, ExchangeStage Stage, string Code), int> counts = [];
    private Task loop = Task.CompletedTask;

    public void Start() => loop = Task.Run(() => RunAsync(stop.Token));

    public void Count(string listener, IPAddress? peer, ExchangeError error)
    {
        lock (gate)
        {
            // Beyond the bound peers are counted together: memory does not grow with the number of attackers.
            var name = counts.Count < MostPeers ? peer?.ToString() ?? "unknown" : "others";
            var key = (listener, name, error.Stage, error.Code);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
    }

    /// <summary>Writes what was counted since the last time.</summary>
    public async Task FlushAsync()
    {
        Dictionary<(string Listener, string Peer, ExchangeStage Stage, string Code), int> taken;
        lock (gate)
        {
            if (counts.Count == 0)
            {
                return;
            }

            taken = counts;
            counts = [];
        }

        foreach (var ((listener, peer, stage, code), count) in taken)
        {
            var result = await archive.AppendAsync(
                new EntryDraft
                {
                    Kind = EntryKind.Refusal,
                    Stage = RefusalMapping.StageName(stage),
                    Code = code,
                    Count = count,
                    EventTime = clock.GetUtcNow(),
                    Subject = listener,
                    Facts = [SealedValue.Text("$peer", peer)],
                },
                CancellationToken.None);
            if (!result.IsDurable)
            {
                LogNotArchived(count, code, result.Fault?.Name);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        await FlushAsync();
        stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await FlushAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping: DisposeAsync flushes what is left.
        }
    }

    [LoggerMessage(1201, LogLevel.Error, "{Count} refusals {Code} could not be archived: {Fault}")]
    private partial void LogNotArchived(int count, string code, string? fault);
}
