using System.Globalization;
using System.Text;
using Tunduk.Archive.Sqlite;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests;

/// <summary>
/// The child process of tests that kill a writer or fill its volume: <c>append DIR</c>, <c>fill DIR</c>, <c>hold DIR</c>, <c>verify DIR</c>, <c>erase DIR</c>, <c>cutN DIR</c> (N: SQLite's synchronous setting). It prints a line for
/// everything it was told is durable.
/// </summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args.Length != 2)
        {
            return 2;
        }

        using KeySigner signer = KeySigner.P256();
        ArchiveFolder folder = new(args[1])
        {
            Signer = signer,
            Postgres = Environment.GetEnvironmentVariable(ChildProcess.Connection) is { Length: > 0 } connection ? new PostgresOptions { ConnectionString = connection, Instance = "a" } : null,
        };
        if (args[0].StartsWith("cut", StringComparison.Ordinal))
        {
            await RecordAsync(folder, int.Parse(args[0].AsSpan(3), CultureInfo.InvariantCulture));
            return 0;
        }

        if (args[0] == "verify")
        {
            (VerifyReport? report, ArchiveFault? fault) = await SqliteArchive.VerifyOfflineAsync(
                new OfflineArchive { Folder = folder.Data, HeadFolder = folder.Head, KeyFolder = folder.Keys, MasterKeyFile = folder.MasterKey }, new VerifyOptions(), default);
            Console.WriteLine(fault is null ? $"verified {report!.Ok} {report.Entries}" : $"fault {fault.Name}: {fault.Detail}");
            return 0;
        }

        ArchiveOpening opening = await folder.OpenWhenFreeAsync();
        Console.WriteLine(opening.Ok ? "open" : "fault " + opening.Fault.Name);
        if (!opening.Ok)
        {
            return 1;
        }

        switch (args[0])
        {
            case "hold":
                Console.ReadLine();
                break;
            case "append":
                await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() => AppendAsync(opening.Archive, n))));
                break;
            case "erase":
                await EraseAsync(opening.Archive, Path.Combine(args[1], "erase"));
                break;
            case "readonly":
                await TurnReadOnlyAsync(opening.Archive);
                break;
            case "fill":
                await FillAsync(opening.Archive, args[1]);
                break;
            default:
                return 2;
        }

        await opening.Archive.DisposeAsync();
        return 0;
    }

    // Two starts with appends of several writers, erasures and checkpoints; what was acknowledged goes to a file of the same disk.
    private static async Task RecordAsync(ArchiveFolder folder, int synchronous)
    {
        SqliteSettings settings = new(synchronous, AsidePages: 25, LogPages: 60);
        Lock one = new();
        using FileStream acknowledged = new(Path.Combine(folder.Root, "acknowledged"), FileMode.Create, FileAccess.Write, FileShare.Read, 0);
        for (int start = 0; start < 2; start++)
        {
            await using IArchive archive = (await LogArchive.OpenAsync(folder.Options(), folder.Signer, TimeProvider.System, null,
                () => new SqliteStore(folder.Data, 16 << 20, settings), null, needsFolder: true, default)).Archive!;
            await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(async () =>
            {
                for (int i = 0; i < 25; i++)
                {
                    byte[] body = new byte[1000 + (i * 997 % 9000)];
                    AppendResult request = await archive.AppendAsync(ArchiveFolder.Request(messageId: $"{start}-{n}-{i}") with { Parts = [new PayloadPart("message", "text/xml", body)] }, default);
                    Acknowledge(request.Record!.Value);
                    Acknowledge((await archive.AppendAsync(ArchiveFolder.Response(request.Record.Value), default)).Record!.Value);
                    if (i % 10 == 9)
                    {
                        await archive.CheckpointAsync(default);
                    }
                }

                RecordId erased = (await archive.AppendAsync(new EntryDraft { Kind = EntryKind.Refusal, Values = [SealedValue.Text("p", "v")] }, default)).Record!.Value;
                await archive.EraseAsync(ArchiveFolder.Erase([erased]), default);
            })));
        }

        void Acknowledge(RecordId record)
        {
            lock (one)
            {
                acknowledged.Write(Encoding.ASCII.GetBytes(record + "\n"));
            }
        }
    }

    // Until it is killed: requests and their answers, a line each when durable.
    private static async Task AppendAsync(IArchive archive, int n)
    {
        for (int i = 0; i < 1_000_000; i++)
        {
            AppendResult request = await archive.AppendAsync(ArchiveFolder.Request(messageId: $"{n}-{i}"), default);
            Console.WriteLine("durable " + request.Record);
            AppendResult response = await archive.AppendAsync(ArchiveFolder.Response(request.Record!.Value), default);
            Console.WriteLine("durable " + response.Record);
        }
    }

    // What the lines of a file name, a record a line, fields behind it where the record does not go as a whole: a piece a line, beside appends.
    private static async Task EraseAsync(IArchive archive, string file)
    {
        foreach (string[] line in File.ReadLines(file).Select(static line => line.Split(' ')))
        {
            RecordId[] records = [.. line[0].Split(',').Select(static id => RecordId.TryParse(id, out RecordId record) ? record : throw new FormatException(id))];
            Task<ErasureResult> erasure = archive.EraseAsync(ArchiveFolder.Erase(records, line[1..]) with { MoreFollow = true }, default).AsTask();
            AppendResult request = await archive.AppendAsync(ArchiveFolder.Request(), default);
            Console.WriteLine("durable " + request.Record);
            Console.WriteLine((await erasure).Fault is { } fault ? "fault " + fault.Name : "erased " + line[0]);
        }

        await archive.CleanAsync(default);
    }

    // The volume turns read-only under a running archive, as Linux does after a disk error, and is writable again later: the preloaded
    // library refuses every write while a file is there.
    private static async Task TurnReadOnlyAsync(IArchive archive)
    {
        string flag = Environment.GetEnvironmentVariable("TUNDUK_CUT_READONLY")!;
        AppendResult open = await archive.AppendAsync(ArchiveFolder.Request(), default);
        File.WriteAllText(flag, "");
        AppendResult refused = await archive.AppendAsync(ArchiveFolder.Request(messageId: "m-2"), default);
        Console.WriteLine("readonly " + (refused.Fault?.Name ?? "durable"));
        Console.WriteLine("still " + ((await archive.AppendAsync(ArchiveFolder.Request(messageId: "m-3"), default)).Fault?.Name ?? "durable"));
        File.Delete(flag);
        AppendResult end = await archive.AppendAsync(ArchiveFolder.Response(open.Record!.Value), default);
        Console.WriteLine("writable " + (end.Fault?.Name ?? "durable"));
        Console.WriteLine("verified " + (await archive.VerifyAsync(new VerifyOptions(), default)).Ok);
    }

    // Fills the small volume the archive lies on: requests are refused, the ends of those that were accepted are still written.
    private static async Task FillAsync(IArchive archive, string dir)
    {
        List<RecordId> open = [];
        AppendResult last;
        string filler = Path.Combine(dir, "data", "filler");
        do
        {
            last = await archive.AppendAsync(ArchiveFolder.Request(messageId: open.Count.ToString()) with { Parts = [new PayloadPart("message", "text/xml", new byte[100_000])] }, default);
            if (last.IsDurable)
            {
                open.Add(last.Record!.Value);
            }

            if (open.Count == 20)
            {
                Fill(filler);
            }
        }
        while (last.IsDurable);

        Console.WriteLine("refused " + last.Fault!.Name + " after " + open.Count);
        Console.WriteLine("write " + (CanWrite(filler) ? "possible" : "fails"));
        foreach (RecordId request in open)
        {
            AppendResult end = await archive.AppendAsync(ArchiveFolder.Response(request), default);
            Console.WriteLine(end.IsDurable ? "ended" : "lost " + end.Fault!.Name + " " + end.Fault.Detail);
        }

        AppendResult again = await archive.AppendAsync(ArchiveFolder.Request(), default);
        Console.WriteLine("again " + (again.Fault?.Name ?? "durable"));
        File.Delete(filler);
        again = await archive.AppendAsync(ArchiveFolder.Request(), default);
        Console.WriteLine("freed " + (again.Fault?.Name ?? "durable"));
        VerifyReport report = await archive.VerifyAsync(new VerifyOptions(), default);
        Console.WriteLine($"verified {report.Ok} {report.Entries}");
    }

    private static void Fill(string path)
    {
        byte[] block = new byte[4096];
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, 0);
        try
        {
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // Full, as wanted.
        }
    }

    private static bool CanWrite(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.Read, 0);
            file.Write(new byte[8192]);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
