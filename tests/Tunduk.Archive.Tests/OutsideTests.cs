using System.Diagnostics;
using Npgsql;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests;

/// <summary>What the archive says of itself, confirmed from outside: the database's own client reads it, and a verifier that is not ours recomputes it.</summary>
public abstract class OutsideTests : IAsyncLifetime
{
    private readonly ArchiveFolder folder;

    private protected OutsideTests(ArchiveFolder folder) => this.folder = folder;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        folder.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Client_ReadsWhatTheArchiveSays_AndFindsEveryChange()
    {
        SignedCheckpoint note;
        await using (IArchive archive = await folder.OpenAsync())
        {
            for (int round = 0; round < 2; round++)
            {
                await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
                {
                    RecordId request = (await archive.AppendAsync(ArchiveFolder.Request(messageId: $"m-{round}-{i}"), default)).Record!.Value;
                    if (i % 2 == 0)
                    {
                        (await archive.AppendAsync(ArchiveFolder.Response(request), default)).IsDurable.ShouldBeTrue();
                    }
                }));
                await archive.CheckpointAsync(default);
            }

            note = await archive.CheckpointAsync(default);
            archive.Status.Size.ShouldBe(note.Size);
        }

        (int code, string said) = Judge();
        code.ShouldBe(0, said);
        said.ShouldStartWith($"size {note.Size} root {note.Root.ToBase64()} checkpoints ");
        VerifyReport report = await folder.VerifyOfflineAsync();
        (report.Failures.Count, report.Entries, report.Checkpoints).ShouldBe((0, note.Size, long.Parse(said.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture)));
        Client("SELECT count(*) FROM open_request").ShouldBe("60");
        if (folder.Postgres is null)
        {
            Client("PRAGMA integrity_check").ShouldBe("ok");
            Client("PRAGMA journal_mode").ShouldBe("wal");
        }

        // Each change is made by the client, and the judge and the archive both name it.
        foreach ((string change, string found) in new[]
        {
            (folder.Postgres is null ? "UPDATE entry SET leaf = cast(substr(leaf, 1, 30) || x'FF' || substr(leaf, 32) AS BLOB) WHERE seq % 65536 = 101" : "UPDATE entry SET leaf = set_byte(leaf, 30, 255) WHERE seq % 65536 = 101", "another log, or before its time"),
            ("DELETE FROM entry WHERE seq % 65536 = 7", "entry 7 is missing"),
        })
        {
            Client(change);
            (code, said) = Judge();
            (code, said.Contains(found, StringComparison.Ordinal)).ShouldBe((1, true), said);
            (await folder.VerifyOfflineAsync()).Ok.ShouldBeFalse();
        }
    }

    private (int Code, string Said) Judge()
    {
        string entries = Path.Combine(folder.Root, "entries");
        string notes = Path.Combine(folder.Root, "notes");
        bool embedded = folder.Postgres is null;
        File.WriteAllText(entries, Client($"SELECT seq % 1099511627776, {(embedded ? "hex(leaf)" : "encode(leaf, 'hex')")} FROM entry ORDER BY seq"));
        File.WriteAllText(notes, Client($"SELECT {(embedded ? "hex(note)" : "encode(convert_to(note, 'UTF8'), 'hex')")} FROM checkpoint ORDER BY size"));
        return Run("python3", Path.Combine(FindRepository(), "tests", "judges", "log_verifier.py"), entries, notes);
    }

    private string Client(string sql)
    {
        (int code, string said) = folder.Postgres is { } database
            ? new NpgsqlConnectionStringBuilder(database.ConnectionString) is var at ? Run("psql", "-h", at.Host!, "-U", at.Username!, "-d", at.Database!, "-Atqc", sql) : default
            : Run("sqlite3", folder.Database, sql);
        code.ShouldBe(0, said);
        return said;
    }

    private static (int Code, string Said) Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        string text = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return (process.ExitCode, text);
    }

    private static string FindRepository()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Tunduk.Adapter.sln")))
        {
            at = at.Parent;
        }

        return at!.FullName;
    }
}
