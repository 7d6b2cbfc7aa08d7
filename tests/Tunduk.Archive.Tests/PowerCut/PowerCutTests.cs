using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests.PowerCut;

/// <summary>
/// A child writes an archive while a preloaded library records its disk; then the power is cut at many moments of that record, and
/// every time the archive must open, verify, and hold all that had been acknowledged. <c>tests/long/powercuts</c> does it thousands of
/// times; the seed is fixed here and free there.
/// </summary>
public sealed class PowerCutTests : IDisposable
{
    private const int Full = 2;
    private readonly string root = Directory.CreateTempSubdirectory("tunduk-cut-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    private static int Cuts => int.Parse(Environment.GetEnvironmentVariable("TUNDUK_CUTS") ?? "40", CultureInfo.InvariantCulture);

    private static int Seed => int.Parse(Environment.GetEnvironmentVariable("TUNDUK_SEED") ?? "20261122", CultureInfo.InvariantCulture);

    [Fact]
    public async Task PowerCut_SynchronousFull_LosesNothingAcknowledgedAndOpensEveryTime()
    {
        List<DiskEvent> events = await RecordAsync(Full);
        List<string> broken = await CutAsync(events, Cuts, events.Count);
        broken.ShouldBeEmpty($"seed {Seed}, first acknowledgement at event {FirstAcknowledgement(events)}");
    }

    [Fact]
    public async Task PowerCut_WhileTheArchiveIsMade_OpensEveryTime()
    {
        List<DiskEvent> events = await RecordAsync(Full);
        (await CutAsync(events, Cuts, FirstAcknowledgement(events))).ShouldBeEmpty($"seed {Seed}");
    }

    [Fact]
    public async Task Append_VolumeTurnsReadOnly_IsRefusedUntilItCanBeWritten()
    {
        string disk = Directory.CreateDirectory(Path.Combine(root, "disk")).FullName;
        using Process child = ChildProcess.Preloaded(await DiskLibrary.BuildAsync(root), "readonly", disk, ("TUNDUK_CUT_LOG", Path.Combine(root, "record")), ("TUNDUK_CUT_READONLY", Path.Combine(root, "flag")));
        string output = await child.StandardOutput.ReadToEndAsync();
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["open", "readonly archive_unwritable", "still archive_unwritable", "writable durable", "verified True"], output);
    }

    [Fact]
    public async Task Open_NetworkFileSystem_IsRefused()
    {
        string disk = Directory.CreateDirectory(Path.Combine(root, "disk")).FullName;
        string mounts = Path.Combine(root, "mounts");
        File.WriteAllText(mounts, Regex.Replace(File.ReadAllText("/proc/self/mountinfo"), @" - \S+ ", " - nfs4 "));
        using Process child = ChildProcess.Preloaded(await DiskLibrary.BuildAsync(root), "hold", disk, ("TUNDUK_CUT_LOG", Path.Combine(root, "record")), ("TUNDUK_CUT_MOUNTS", mounts));
        (await child.StandardOutput.ReadToEndAsync()).Trim().ShouldBe("fault archive_settings");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task PowerCut_SynchronousOffOrNormal_IsFoundOut(int synchronous)
    {
        // The same test must fail where SQLite does not sync: else it would prove nothing.
        List<DiskEvent> events = await RecordAsync(synchronous);
        (await CutAsync(events, 25, events.Count)).ShouldNotBeEmpty();
    }

    private async Task<List<DiskEvent>> RecordAsync(int synchronous)
    {
        string record = Path.Combine(root, "record");
        string disk = Directory.CreateDirectory(Path.Combine(root, "disk")).FullName;
        using Process child = ChildProcess.Preloaded(await DiskLibrary.BuildAsync(root), "cut" + synchronous.ToString(CultureInfo.InvariantCulture), disk, ("TUNDUK_CUT_LOG", record));
        string output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        child.ExitCode.ShouldBe(0, output);
        List<DiskEvent> events = DiskEvent.ReadAll(record);
        events.Count(static e => e.Operation == 'W').ShouldBeGreaterThan(200);
        events.Count(static e => e.Operation == 'D').ShouldBeGreaterThan(5);
        return events;
    }

    // Descriptions of the cuts after which something was missing or wrong.
    private async Task<List<string>> CutAsync(List<DiskEvent> events, int cuts, int last)
    {
        string disk = Path.Combine(root, "disk");
        Random random = new(Seed);
        List<int> moments = [.. Enumerable.Range(0, cuts).Select(_ => random.Next(1, last + 1)).Order()];
        List<string> broken = [];
        RecordedDisk state = new();
        ulong acknowledgements = 0;
        StringBuilder acknowledged = new();
        int applied = 0;
        foreach (int moment in moments)
        {
            for (; applied < moment; applied++)
            {
                DiskEvent change = events[applied];
                state.Apply(change);
                if (change.Operation == 'C' && change.First.EndsWith("/acknowledged", StringComparison.Ordinal))
                {
                    acknowledgements = change.Inode;
                }
                else if (change.Operation == 'W' && change.Inode == acknowledgements && acknowledgements != 0)
                {
                    acknowledged.Append(Encoding.ASCII.GetString(change.Data));
                }
            }

            string to = Path.Combine(root, "cut");
            state.Cut(random, disk, to);
            if (await FaultAfterAsync(to, acknowledged.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)) is { } fault)
            {
                broken.Add(string.Create(CultureInfo.InvariantCulture, $"cut after event {moment} of {events.Count}: {fault}"));
            }

            Directory.Delete(to, recursive: true);
        }

        return broken;
    }

    private static int FirstAcknowledgement(List<DiskEvent> events)
    {
        ulong file = events.First(static e => e.Operation == 'C' && e.First.EndsWith("/acknowledged", StringComparison.Ordinal)).Inode;
        return events.FindIndex(e => e.Operation == 'W' && e.Inode == file) + 1;
    }

    private static async Task<string?> FaultAfterAsync(string disk, string[] acknowledged)
    {
        Directory.CreateDirectory(disk);
        using ArchiveFolder folder = new(disk);
        ArchiveOpening opening = await folder.TryOpenAsync();
        if (!opening.Ok)
        {
            return opening.Fault.Name + ": " + opening.Fault.Detail;
        }

        await using IArchive archive = opening.Archive;
        foreach (string line in acknowledged)
        {
            RecordId.TryParse(line, out RecordId id).ShouldBeTrue(line);
            if (await archive.GetAsync(id, default) is not { State: SealState.Complete })
            {
                return line + " is lost";
            }
        }

        VerifyReport report = await archive.VerifyAsync(new VerifyOptions(), default);
        return report.Ok ? null : report.Failures[0].ToString();
    }
}
