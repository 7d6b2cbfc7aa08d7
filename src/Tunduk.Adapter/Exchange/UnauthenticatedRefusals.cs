using System.Net;
using Tunduk.Adapter.Hosting;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// Refusals before a caller or signer is known: counted, and archived as one entry per peer, code and minute, so that
/// a stranger cannot fill the archive (ARCHIVE "When the second append fails").
/// </summary>
internal sealed partial class UnauthenticatedRefusals : IAsyncDisposable
{
    private const int MostPeers = 1_000;
    private readonly Lock gate = new();
    private readonly IArchive archive;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly Recurring flushes;
    private Dictionary<(string Listener, string Peer, ExchangeStage Stage, string Code), int> counts = [];

    public UnauthenticatedRefusals(IArchive archive, TimeProvider clock, ILogger<UnauthenticatedRefusals> log)
    {
        this.archive = archive;
        this.clock = clock;
        this.log = log;
        flushes = new Recurring(_ => FlushAsync(), TimeSpan.FromMinutes(1), exception => LogNotFlushed(exception.GetType().Name), clock);
    }

    public void Start() => flushes.Start();

    public void Count(string listener, IPAddress? peer, ExchangeError error) => Add((listener, peer?.ToString() ?? "unknown", error.Stage, error.Code), 1);

    /// <summary>Writes what was counted since the last time; what the archive did not take is counted on, and written the next time.</summary>
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
                Add((listener, peer, stage, code), count);
                LogNotArchived(count, code, result.Fault?.Name);
            }
        }
    }

    // Beyond the bound peers are counted together: memory does not grow with the number of attackers.
    private void Add((string Listener, string Peer, ExchangeStage Stage, string Code) key, int count)
    {
        lock (gate)
        {
            key = counts.Count < MostPeers || counts.ContainsKey(key) ? key : key with { Peer = "others" };
            counts[key] = counts.GetValueOrDefault(key) + count;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await flushes.DisposeAsync();
        await FlushAsync();
    }

    [LoggerMessage(1201, LogLevel.Error, "{Count} refusals {Code} could not be archived: {Fault}")]
    private partial void LogNotArchived(int count, string code, string? fault);

    [LoggerMessage(1202, LogLevel.Error, "Counted refusals could not be archived: {Type}")]
    private partial void LogNotFlushed(string type);
}
