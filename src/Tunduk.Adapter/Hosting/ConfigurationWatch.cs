using System.Security.Cryptography;
using System.Text.Json;
using Tunduk.Adapter.Configuration;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Hosting;

/// <summary>
/// Takes changes of <c>adapter.json</c> without a restart where that is possible, and says by name what needs one. A file
/// with faults changes nothing: what was read last stays in force, and an alarm names the faults.
/// </summary>
/// <remarks>Callers and trusted addresses are taken; agreements and keys have watches of their own.</remarks>
internal sealed partial class ConfigurationWatch(AdapterConfiguration started, Func<AdapterOptions, IReadOnlyList<SettingFault>> apply, IArchive archive, TimeProvider clock, ILogger<ConfigurationWatch> log) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource stop = new();
    private byte[] known = Digest(started.File);
    private IReadOnlyList<string> alarms = [];
    private Task loop = Task.CompletedTask;

    /// <summary>What somebody has to look at.</summary>
    public IEnumerable<string> Alarms => Volatile.Read(ref alarms);

    public void Start() => loop = Task.Run(() => RunAsync(stop.Token), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        stop.Dispose();
    }

    private static byte[] Digest(string file) => SHA256.HashData(File.ReadAllBytes(file));

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await LookAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task LookAsync()
    {
        try
        {
            var digest = Digest(started.File);
            if (digest.AsSpan().SequenceEqual(known))
            {
                return;
            }

            known = digest;
            await TakeAsync(digest);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Being written, or gone: the next tick looks again.
            Volatile.Write(ref alarms, [$"adapter.json cannot be read ({exception.GetType().Name}): what was read last stays in force"]);
        }
    }

    private async Task TakeAsync(byte[] digest)
    {
        var faults = AdapterConfiguration.Load(started.File, out var configuration);
        faults = configuration is null ? faults : apply(configuration.Options);
        if (configuration is null || faults.Count > 0)
        {
            Volatile.Write(ref alarms, [.. faults.Select(fault => $"adapter.json was changed and not taken: {fault}")]);
            LogNotTaken(string.Join("; ", faults.Take(5)));
            return;
        }

        var waiting = Waiting(configuration.Options);
        Volatile.Write(ref alarms, waiting.Count == 0 ? [] : [$"adapter.json was changed: {string.Join(", ", waiting)} wait for a restart"]);
        LogTaken(waiting.Count == 0 ? "nothing" : string.Join(", ", waiting));
        var result = await archive.AppendAsync(
            new EntryDraft
            {
                Kind = EntryKind.ConfigurationChange,
                EventTime = clock.GetUtcNow(),
                Stage = "configuration",
                Code = "taken",
                Subject = $"adapter.json sha256:{Convert.ToHexStringLower(digest)}",
            },
            CancellationToken.None);
        if (!result.IsDurable)
        {
            LogNotArchived(result.Fault?.Name);
        }
    }

    // Sections that differ from those the adapter runs with, beside what was taken.
    private List<string> Waiting(AdapterOptions now)
    {
        var waiting = new List<string>();
        foreach (var section in typeof(AdapterOptions).GetProperties().Where(section => section.Name is not (nameof(AdapterOptions.Callers) or nameof(AdapterOptions.Keys))))
        {
            if (Text(section.GetValue(started.Options)) != Text(section.GetValue(now)))
            {
                waiting.Add(section.Name);
            }
        }

        return waiting;
    }

    private static string Text(object? section)
    {
        var node = JsonSerializer.SerializeToNode(section);
        foreach (var own in (section as IEnumerable<OwnSubsystemOptions>)?.Select((_, at) => node![at]!.AsObject()) ?? [])
        {
            // Which keys sign is taken by the watch of keys.
            own.Remove(nameof(OwnSubsystemOptions.SigningKey));
            own.Remove(nameof(OwnSubsystemOptions.NextSigningKeys));
        }

        (node as System.Text.Json.Nodes.JsonObject)?[nameof(ListenOptions.Is)]?.AsObject().Remove(nameof(ListenerOptions.TrustedPlainHttp));
        return node?.ToJsonString() ?? "";
    }

    [LoggerMessage(1601, LogLevel.Information, "adapter.json was changed and taken; waiting for a restart: {Waiting}")]
    private partial void LogTaken(string waiting);

    [LoggerMessage(1602, LogLevel.Error, "adapter.json was changed and not taken: {Faults}")]
    private partial void LogNotTaken(string faults);

    [LoggerMessage(1603, LogLevel.Error, "A change of adapter.json could not be archived: {Fault}")]
    private partial void LogNotArchived(string? fault);
}
