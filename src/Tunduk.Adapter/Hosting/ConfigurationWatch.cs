using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Configuration;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Hosting;

/// <summary>
/// Takes changes of <c>adapter.json</c> and of the files its settings name without a restart where that is possible, and says
/// by name what needs one. A change with faults changes nothing: what was read last stays in force, an alarm names the faults,
/// and the next change of any of these files is a new try, so that they may be written in any order.
/// </summary>
/// <remarks>The one watch of the configuration; agreements have a store of their own. Parts take changes by <see cref="IReloadable"/>.</remarks>
internal sealed partial class ConfigurationWatch : IAsyncDisposable
{
    /// <summary>How often files are looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly AdapterConfiguration started;
    private readonly IReadOnlyList<IReloadable> parts;
    private readonly IArchive archive;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly Recurring looks;
    private AdapterConfiguration taken;
    private byte[] known;
    private string stamps;
    private string attempted = "";
    private IReadOnlyList<string> alarms = [];
    private IReadOnlyList<string> refused = [];
    private string? unread;

    public ConfigurationWatch(AdapterConfiguration started, IReadOnlyList<IReloadable> parts, IArchive archive, TimeProvider clock, ILogger<ConfigurationWatch> log)
    {
        this.started = started;
        this.parts = parts;
        this.archive = archive;
        this.clock = clock;
        this.log = log;
        taken = started;
        known = Digest(started.File);
        stamps = Stamps(started, parts);
        looks = new Recurring(LookAsync, Interval, NotTaken, clock);
    }

    /// <summary>What somebody has to look at.</summary>
    public IEnumerable<string> Alarms => Volatile.Read(ref unread) is { } fault ? [fault, .. Volatile.Read(ref alarms)] : Volatile.Read(ref alarms);

    public void Start() => looks.Start();

    public ValueTask DisposeAsync() => looks.DisposeAsync();

    private static byte[] Digest(string file) => SHA256.HashData(File.ReadAllBytes(file));

    /// <summary>Length and time of every file the parts name.</summary>
    private static string Stamps(AdapterConfiguration configuration, IReadOnlyList<IReloadable> parts) =>
        FileStamps.Of(parts.SelectMany(part => part.Files(configuration)).Distinct(StringComparer.Ordinal));

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var digest = Digest(started.File);
        var isBroken = parts.Any(part => part.IsBroken);
        if (isBroken || refused.Count > 0 || !digest.AsSpan().SequenceEqual(known) || Stamps(taken, parts) != stamps)
        {
            await TakeAsync(digest, isBroken);
        }

        Volatile.Write(ref unread, null);
    }

    private void NotTaken(Exception exception)
    {
        if (exception is IOException or UnauthorizedAccessException)
        {
            // Being written, or gone: the next tick looks again.
            Volatile.Write(ref unread, Phrases.Of("Hosting.AdapterJsonFileNames", exception.GetType().Name));
            return;
        }

        Volatile.Write(ref alarms, [Phrases.Of("Hosting.AdapterJsonChangedNot", exception.GetType().Name)]);
        LogLookFailed(exception.GetType().FullName, new System.Diagnostics.StackTrace(exception, fNeedFileInfo: false).ToString());
    }

    private async Task TakeAsync(byte[] digest, bool isBroken)
    {
        var faults = new List<SettingFault>(AdapterConfiguration.Load(started.File, out var configuration));
        if (configuration is null)
        {
            attempted = ""; // What comes after it is a try of its own, also the very text that is in force.
            Refuse(faults);
            return;
        }

        // What was refused is not tried again as it is: each try of a wrong PIN counts.
        var state = Convert.ToHexString(digest) + Stamps(configuration, parts);
        if (state == attempted && !isBroken)
        {
            return;
        }

        attempted = state;
        if (!TryCommit(configuration, faults))
        {
            Refuse(faults);
            return;
        }

        var isOfFile = !digest.AsSpan().SequenceEqual(known);
        (known, taken, refused) = (digest, configuration, []);
        var stamp = Stamps(configuration, parts);
        (var isOfFiles, stamps) = (stamp != stamps, stamp);
        var waiting = Waiting(configuration.Options);
        Volatile.Write(ref alarms, waiting.Count == 0 ? [] : [Phrases.Of("Hosting.AdapterJsonChangedWait", string.Join(", ", waiting))]);
        if (!isOfFile && !isOfFiles)
        {
            return; // A token was opened anew: nobody changed anything.
        }

        LogTaken(waiting.Count == 0 ? "nothing" : string.Join(", ", waiting));
        var result = await archive.AppendAsync(
            new EntryDraft
            {
                Kind = EntryKind.ConfigurationChange,
                EventTime = clock.GetUtcNow(),
                Stage = "configuration",
                Code = EntryCodes.Taken,
                Subject = $"adapter.json sha256:{Convert.ToHexStringLower(digest)}{(isOfFiles ? " and files it names" : "")}",
            },
            CancellationToken.None);
        if (!result.IsDurable)
        {
            LogNotArchived(result.Fault?.Name);
        }
    }

    private bool TryCommit(AdapterConfiguration configuration, List<SettingFault> faults)
    {
        var prepared = new List<Reload?>();
        var isWhole = false;
        try
        {
            prepared.AddRange(parts.Select(part => part.Prepare(configuration, faults)));
            isWhole = faults.Count == 0;
        }
        finally
        {
            if (!isWhole)
            {
                prepared.ForEach(reload => reload?.Discard());
            }
        }

        if (!isWhole)
        {
            return false;
        }

        prepared.ForEach(reload => reload!.Commit());
        return true;
    }

    private void Refuse(List<SettingFault> faults)
    {
        var names = faults.Select(fault => fault.ToString()).ToList();
        Volatile.Write(ref alarms, [.. names.Select(fault => Phrases.Of("Hosting.AdapterJsonChangedNotTaken", fault))]);
        if (!names.SequenceEqual(refused))
        {
            LogNotTaken(string.Join("; ", names.Take(5)));
        }

        refused = names;
    }

    // Sections that differ from those the adapter runs with, beside what the parts take.
    private List<string> Waiting(AdapterOptions now)
    {
        var (before, after) = (Untaken(started.Options), Untaken(now));
        return [.. before.Select(section => section.Key).Where(section => !JsonNode.DeepEquals(before[section], after[section]))];
    }

    private JsonObject Untaken(AdapterOptions options)
    {
        var settings = (JsonObject)JsonSerializer.SerializeToNode(options)!;
        foreach (var path in parts.SelectMany(part => part.Settings))
        {
            Remove(settings, path.Split(':'));
        }

        return settings;
    }

    private static void Remove(JsonNode? from, ReadOnlySpan<string> path)
    {
        switch (from)
        {
            case JsonArray list when path[0] == "*":
                foreach (var item in list)
                {
                    Remove(item, path[1..]);
                }

                break;
            case JsonObject section when path.Length == 1:
                section.Remove(path[0]);
                break;
            case JsonObject section:
                Remove(section[path[0]], path[1..]);
                break;
        }
    }

    [LoggerMessage(1601, LogLevel.Information, "adapter.json was changed and taken; waiting for a restart: {Waiting}")]
    private partial void LogTaken(string waiting);

    [LoggerMessage(1602, LogLevel.Error, "adapter.json was changed and not taken: {Faults}")]
    private partial void LogNotTaken(string faults);

    [LoggerMessage(1603, LogLevel.Error, "A change of adapter.json could not be archived: {Fault}")]
    private partial void LogNotArchived(string? fault);

    [LoggerMessage(1604, LogLevel.Error, "A change of adapter.json could not be looked at: what was read last stays in force, and the next change is looked at ({Type})\n{Stack}")]
    private partial void LogLookFailed(string? type, string stack);
}
