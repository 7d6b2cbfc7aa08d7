using Tunduk.Adapter.Cli;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Signing;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Processes;

/// <summary>The archive of an adapter that has stopped: verified offline first, then opened and read whole.</summary>
internal sealed class ArchiveOnDisk : IAsyncDisposable
{
    private readonly IArchive archive;
    private readonly SigningKeys keys;

    private ArchiveOnDisk(IArchive archive, SigningKeys keys, VerifyReport report)
    {
        this.archive = archive;
        this.keys = keys;
        Report = report;
    }

    public VerifyReport Report { get; }

    /// <summary>Request entries by message id; an id may have been sent more than once.</summary>
    public ILookup<string, ArchiveEntry> Requests { get; private set; } = null!;

    /// <summary>Verifies, opens and reads. Fails where the adapter left something for recovery.</summary>
    public static async Task<ArchiveOnDisk> OpenAsync(string configurationFile)
    {
        var verification = await ArchiveVerification.RunAsync(configurationFile, archiveFolder: null, against: [], progress: null, CancellationToken.None);
        verification.Ok.ShouldBeTrue(string.Join('\n', verification.Failures));
        verification.Report!.SignaturesFailed.ShouldBe(0);

        AdapterConfiguration.Load(configurationFile, out var configuration).ShouldBeEmpty();
        var faults = new List<SettingFault>();
        var keys = SigningKeys.Load(configuration!.Options, configuration.Resolve, faults)!;
        var opening = await ArchiveSetup.OpenAsync(configuration, keys, TimeProvider.System, CancellationToken.None);
        opening.Ok.ShouldBeTrue(opening.Fault?.Detail);
        opening.Recovered.ShouldBe(0, "the adapter stopped in order: every request had its end");
        var read = new ArchiveOnDisk(opening.Archive, keys, verification.Report);
        await read.ReadAsync();
        return read;
    }

    public async Task<ArchiveRecord?> GetAsync(RecordId record) => await archive.GetAsync(record, CancellationToken.None);

    /// <summary>One page of what is found.</summary>
    public async Task<IReadOnlyList<ArchiveEntry>> FindAsync(SearchQuery query) => (await archive.SearchAsync(query, CancellationToken.None)).Entries;

    /// <summary>Kind of a request's end.</summary>
    public async Task<EntryKind?> EndKindAsync(ArchiveEntry request) => request.End is { } end ? (await GetAsync(end))?.Entry.Kind : null;

    public async ValueTask DisposeAsync()
    {
        await archive.DisposeAsync();
        keys.Dispose();
    }

    private async Task ReadAsync()
    {
        var found = new List<(string Id, ArchiveEntry Entry)>();
        PageToken? after = null;
        do
        {
            var page = await archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.Request], PageSize = 1000, After = after }, CancellationToken.None);
            foreach (var entry in page.Entries)
            {
                found.Add(((await GetAsync(entry.Record))!.MessageId!, entry));
            }

            after = page.Next;
        }
        while (after is not null);

        Requests = found.ToLookup(one => one.Id, one => one.Entry);
    }
}
