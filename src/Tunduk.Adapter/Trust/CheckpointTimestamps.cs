using System.Text;
using Tunduk.Adapter.Configuration;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Trust;

/// <summary>
/// Has the newest checkpoint, with its signature, time-stamped at every interval; the token becomes an entry, so that each
/// later checkpoint covers it (ARCHIVE "Log").
/// </summary>
internal sealed partial class CheckpointTimestamps : IAsyncDisposable
{
    /// <summary>Payload part of the entry with the token.</summary>
    public const string TokenPart = "timestamp";

    /// <summary>Payload part of the entry with the stamped note.</summary>
    public const string NotePart = "checkpoint";

    private readonly TimestampService timestamps;
    private readonly IArchive archive;
    private readonly TimeProvider clock;
    private readonly TimeSpan interval;
    private readonly EntryFlags always;
    private readonly ILogger log;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task running;
    private string? stamped;

    public CheckpointTimestamps(TimestampService timestamps, TimestampOptions options, IArchive archive, TimeProvider clock, EntryFlags always, ILogger<CheckpointTimestamps> log)
    {
        this.timestamps = timestamps;
        this.archive = archive;
        this.clock = clock;
        interval = options.Interval;
        this.always = always;
        this.log = log;
        running = timestamps.IsOn ? Task.Run(RunAsync) : Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await StampAsync(stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(interval, clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StampAsync(CancellationToken cancellationToken)
    {
        if (archive.LatestCheckpoint is not { } checkpoint || checkpoint.Note == stamped)
        {
            // Nothing new to stamp: the authorities are still tried, so that their absence shows before it matters.
            await timestamps.StampAsync(System.Security.Cryptography.SHA256.HashData("idle"u8), cancellationToken);
            return;
        }

        var stamp = await timestamps.StampAsync(checkpoint.Hash.ToArray(), cancellationToken);
        if (stamp.Verified is not { } verified)
        {
            LogFailed(string.Join("; ", stamp.Attempts));
            return;
        }

        var result = await archive.AppendAsync(
            new EntryDraft
            {
                Kind = EntryKind.CheckpointEvidence,
                Flags = always,
                Stage = "append",
                Code = "ok",
                Subject = $"time-stamp of checkpoint {checkpoint.Size}: {verified.Time:yyyy-MM-ddTHH:mm:ss.fffZ}, serial {verified.SerialNumber}, {stamp.Authority}",
                Parts =
                [
                    new PayloadPart(TokenPart, "application/timestamp-token", verified.Token),
                    new PayloadPart(NotePart, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(checkpoint.Note)),
                ],
            },
            cancellationToken);
        if (result.Outcome == AppendOutcome.Appended)
        {
            stamped = checkpoint.Note;
        }
        else
        {
            LogNotArchived(result.Fault?.Name);
        }
    }

    [LoggerMessage(1803, LogLevel.Warning, "No time-stamp on the newest checkpoint: {Attempts}")]
    private partial void LogFailed(string attempts);

    [LoggerMessage(1804, LogLevel.Warning, "A time-stamp could not be archived: {Fault}")]
    private partial void LogNotArchived(string? fault);
}
