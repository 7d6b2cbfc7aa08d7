using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests;

/// <summary>What can only be seen from another process: kills, a full volume, the lock.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly ArchiveFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Append_KilledAtAnyMoment_LosesNothingAcknowledged()
    {
        List<RecordId> durable = [];
        int kills = int.Parse(Environment.GetEnvironmentVariable("TUNDUK_ARCHIVE_KILLS") ?? "5", CultureInfo.InvariantCulture);
        for (int kill = 0; kill < kills; kill++)
        {
            using Process child = ChildProcess.Start("append", folder.Root);
            int lines = RandomNumberGenerator.GetInt32(1, 400);
            string? line;
            while ((line = await child.StandardOutput.ReadLineAsync()) is not null)
            {
                line.ShouldNotStartWith("fault");
                if (line.StartsWith("durable ", StringComparison.Ordinal) && RecordId.TryParse(line.AsSpan(8), out RecordId record))
                {
                    durable.Add(record);
                    if (--lines == 0)
                    {
                        child.Kill(); // SIGKILL; what it still prints was durable too
                    }
                }
            }

            await child.WaitForExitAsync();
        }

        await using IArchive archive = await folder.OpenAsync();
        foreach (RecordId record in durable)
        {
            ArchiveRecord kept = (await archive.GetAsync(record, default))!;
            kept.State.ShouldBe(SealState.Complete);
            (kept.Entry.Kind != EntryKind.Request || kept.End is not null).ShouldBeTrue();
        }

        archive.Status.OpenRequests.ShouldBe(0);
        VerifyReport report = await archive.VerifyAsync(new VerifyOptions(), default);
        report.Failures.ShouldBeEmpty();
        report.Entries.ShouldBeGreaterThan(durable.Count);
    }

    [Fact]
    public async Task Append_VolumeFull_RefusesRequestsAndStillEndsThoseUnderWay()
    {
        // A volume of 40 MiB of the child's own; 16 MiB of it are the reserve for answers.
        string data = Directory.CreateDirectory(folder.Data).FullName;
        using Process child = ChildProcess.Start("fill", folder.Root, $"mount -t tmpfs -o size=40m tmpfs '{data}'");
        string[] lines = (await child.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string output = string.Join('\n', lines);
        lines.ShouldContain("write fails", output);
        lines.Single(static l => l.StartsWith("refused", StringComparison.Ordinal)).ShouldStartWith("refused archive_full after ", customMessage: output);
        lines.Count(static l => l == "ended").ShouldBeGreaterThanOrEqualTo(20, output);
        lines.ShouldNotContain(static l => l.StartsWith("lost", StringComparison.Ordinal), output);
        lines.ShouldContain("again archive_full", output);
        lines.ShouldContain("freed durable", output);
        lines[^1].ShouldStartWith("verified True", customMessage: output);
    }

    [Fact]
    public async Task Open_ReadOnlyVolume_IsUnwritable()
    {
        string data = Directory.CreateDirectory(folder.Data).FullName;
        using Process child = ChildProcess.Start("hold", folder.Root, $"mount -t tmpfs tmpfs '{data}' && mount -o remount,ro '{data}'");
        (await child.StandardOutput.ReadToEndAsync()).Trim().ShouldBe("fault archive_unwritable");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Verify_CopyOnAReadOnlyMedium_ReadsItAsItIsUnlessItsLogWasLeftOpen(bool withLog)
    {
        await using (IArchive archive = await folder.OpenAsync())
        {
            await archive.AppendAsync(ArchiveFolder.Request(), default);
            await archive.CheckpointAsync(default);
        }

        string log = withLog ? $"&& echo x > '{folder.Database}-wal' " : "";
        using Process child = ChildProcess.Start("verify", folder.Root, $"cp -r '{folder.Data}' '{folder.Root}/medium' && mount -t tmpfs tmpfs '{folder.Data}' && cp '{folder.Root}'/medium/archive.db '{folder.Data}' {log}&& mount -o remount,ro '{folder.Data}'");
        string said = (await child.StandardOutput.ReadToEndAsync()).Trim();
        if (withLog)
        {
            said.ShouldStartWith("fault archive_unwritable");
            said.ShouldContain("copy both to where it can");
        }
        else
        {
            said.ShouldStartWith("verified True");
        }
    }

    [Fact]
    public async Task Open_AnotherProcessHasIt_IsLocked()
    {
        using Process child = ChildProcess.Start("hold", folder.Root);
        (await child.StandardOutput.ReadLineAsync()).ShouldBe("open");
        ArchiveOpening opening = await folder.TryOpenAsync();
        opening.Fault!.Name.ShouldBe("archive_locked");
        child.StandardInput.WriteLine();
        await child.WaitForExitAsync();
        child.ExitCode.ShouldBe(0);
        await using IArchive archive = await folder.OpenAsync();
        archive.Status.Size.ShouldBeGreaterThan(0);
    }
}
