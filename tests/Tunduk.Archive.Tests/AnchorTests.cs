using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Tunduk.Archive.Publishing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests;

// Over 300 lines: every kind of anchor before one server.

/// <summary>Checkpoints go to places outside the host, and nothing waits for them.</summary>
public sealed partial class AnchorTests : IDisposable
{
    private readonly ArchiveFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Task<IArchive> OpenAsync(params AnchorOptions[] anchors) => folder.OpenAsync(folder.Options() with { Anchors = anchors });

    private static async Task<AnchorStatus> UntilAsync(IArchive archive, string name, Func<AnchorStatus, bool> state)
    {
        AnchorStatus? anchor = null;
        await TimestampTests.UntilAsync(() => (anchor = archive.Status.Anchors.FirstOrDefault(a => a.Name.StartsWith(name, StringComparison.Ordinal) && state(a))) is not null);
        return anchor!;
    }

    [Fact]
    public async Task Checkpoint_HttpsAnchor_PostsTheNoteAndTakesTheAnswerForAReceipt()
    {
        using AnchorServer server = new(tls: true, http: true);
        await using IArchive archive = await OpenAsync(server.Options("https"));
        await archive.AppendAsync(ArchiveFolder.Request(), default);
        SignedCheckpoint checkpoint = await archive.CheckpointAsync(default);
        AnchorStatus status = await UntilAsync(archive, "https", a => a.Size == checkpoint.Size);
        (status.IsReceipted, status.Waiting, status.Fault).ShouldBe((true, 0, null));
        string request = server.Received.Single(r => r.Contains(checkpoint.Note, StringComparison.Ordinal));
        request.ShouldStartWith("POST /checkpoints HTTP/1.1\r\n");
        request.ShouldContain("Content-Type: text/plain; charset=utf-8");
        request.ShouldContain("Authorization: Bearer token-7");
        archive.Status.AnchorLag.ShouldBe(0);
        archive.Status.RewriteStatement.ShouldContain($"excluded up to entry {checkpoint.Size - 1} (");
        archive.Status.RewriteStatement.ShouldEndWith("not after.");
    }

    [Theory]
    [InlineData("301 Moved Permanently\r\nLocation: https://example.org/", "redirects are not followed")]
    [InlineData("500 Internal Server Error", "HTTP 500")]
    [InlineData(null, "within 1 s")]
    public async Task Checkpoint_HttpsAnchorRefusesOrHangs_WarnsTriesAgainAndDelaysNothing(string? answer, string said)
    {
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using AnchorServer server = new(tls: true, http: true) { Answer = answer, Before = gate.Task };
        await using IArchive archive = await OpenAsync(server.Options("https"));
        await archive.AppendAsync(ArchiveFolder.Request(), default);
        SignedCheckpoint checkpoint = await archive.CheckpointAsync(default);
        if (answer is not null)
        {
            archive.Status.Anchors.Single(static a => a.Name.StartsWith("https", StringComparison.Ordinal)).Fault.ShouldBeNull("the anchor has answered nothing yet, and nothing waited for it");
        }

        gate.SetResult();
        AnchorStatus status = await UntilAsync(archive, "https", static a => a.Fault is not null);
        status.Fault!.Detail.ShouldContain(said);
        status.Size.ShouldBe(0);
        archive.Status.Warnings.ShouldContain(status.Fault);
        (await archive.AppendAsync(ArchiveFolder.Request(), default)).IsDurable.ShouldBeTrue();
        server.Answer = "200 OK";
        (await UntilAsync(archive, "https", a => a.Size >= checkpoint.Size && a.Fault is null)).Waiting.ShouldBe(0);
        archive.Status.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Checkpoint_ServerOfAnotherCertificate_GetsNothing()
    {
        using AnchorServer https = new(tls: true, http: true);
        using AnchorServer syslog = new(tls: true);
        await using (IArchive archive = await OpenAsync(https.Options("https", new byte[32]), syslog.Options("syslog+tls", new byte[32])))
        {
            await archive.CheckpointAsync(default);
            (await UntilAsync(archive, "https", static a => a.Fault is not null)).Fault!.Detail.ShouldContain("certificate is not one that is accepted");
            (await UntilAsync(archive, "syslog", static a => a.Fault is not null)).Fault!.Detail.ShouldContain("certificate is not one that is accepted");
        }

        https.Received.ShouldBeEmpty();
        syslog.Received.ShouldAllBe(static message => message.Length == 0);
    }

    [Fact]
    public async Task Checkpoint_ServerOfTheAuthority_IsAcceptedForItsNameOnly()
    {
        using AnchorServer server = new(tls: true, http: true);
        AnchorOptions right = server.Options("https") with { ServerCertificates = [], Authorities = [server.Certificate] };
        AnchorOptions wrong = right with { Address = new Uri(right.Address.ToString().Replace("localhost", "127.0.0.1", StringComparison.Ordinal)) };
        await using IArchive archive = await OpenAsync(right, wrong);
        SignedCheckpoint checkpoint = await archive.CheckpointAsync(default);
        await UntilAsync(archive, "https://localhost", a => a.Size == checkpoint.Size);
        (await UntilAsync(archive, "https://127.0.0.1", static a => a.Fault is not null)).Fault!.Detail.ShouldContain("certificate");
        (await AnchorProbe.TryReachAsync(right, TimeProvider.System, default)).ShouldBeNull();
        (await AnchorProbe.TryReachAsync(wrong, TimeProvider.System, default)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("syslog+tls")]
    [InlineData("syslog+tcp")]
    public async Task Checkpoint_SyslogStream_IsOneCountedMessageThatVerifyTakes(string scheme)
    {
        using AnchorServer server = new(tls: scheme == "syslog+tls");
        SignedCheckpoint checkpoint;
        await using (IArchive archive = await OpenAsync(server.Options(scheme)))
        {
            await archive.AppendAsync(ArchiveFolder.Request(), default);
            checkpoint = await archive.CheckpointAsync(default);
            AnchorStatus status = await UntilAsync(archive, "syslog", a => a.Size == checkpoint.Size);
            status.IsReceipted.ShouldBeFalse(); // sent is all that is known
            await TimestampTests.UntilAsync(() => server.Received.Any(m => m.Contains($"tunduk-checkpoint {checkpoint.Size} ", StringComparison.Ordinal)));
        }

        string[] messages = [.. server.Received.Select(static m => m[(m.IndexOf(' ', StringComparison.Ordinal) + 1)..])];
        server.Received.ShouldAllBe(static m => int.Parse(m.Split(' ', 2)[0]) == Encoding.UTF8.GetByteCount(m.Split(' ', 2)[1]));
        messages.ShouldAllBe(static m => Rfc5424().IsMatch(m));
        await VerifyCollectedAsync(messages);
    }

    [Fact]
    public async Task Checkpoint_SyslogDatagrams_AreMessagesThatVerifyTakes()
    {
        using Socket udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        string path = Path.Combine(folder.Root, "log.sock");
        using Socket local = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        local.Bind(new UnixDomainSocketEndPoint(path));
        string streamPath = Path.Combine(folder.Root, "stream.sock");
        using Socket stream = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        stream.Bind(new UnixDomainSocketEndPoint(streamPath));
        stream.Listen();
        await using (IArchive archive = await OpenAsync(
            new AnchorOptions { Address = new Uri($"syslog+udp://127.0.0.1:{((IPEndPoint)udp.LocalEndPoint!).Port}") },
            new AnchorOptions { Address = new Uri("syslog+unix://" + path) },
            new AnchorOptions { Address = new Uri("syslog+unix://" + streamPath) }))
        {
            await archive.AppendAsync(ArchiveFolder.Request(), default);
            long size = (await archive.CheckpointAsync(default)).Size;
            await UntilAsync(archive, "syslog+udp", a => a.Size == size);
            await UntilAsync(archive, "syslog+unix://" + path, a => a.Size == size);
            await UntilAsync(archive, "syslog+unix://" + streamPath, a => a.Size == size);
        }

        byte[] buffer = new byte[65536];
        List<string> messages = [];
        foreach (Socket socket in new[] { udp, local })
        {
            messages.Add(Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer)));
        }

        using (Socket accepted = await stream.AcceptAsync())
        {
            messages.Add(Encoding.UTF8.GetString(buffer, 0, await accepted.ReceiveAsync(buffer)).TrimEnd('\n'));
        }

        messages.ShouldAllBe(static m => Rfc5424().IsMatch(m));
        await VerifyCollectedAsync(messages);
    }

    [Fact]
    public async Task Take_OtherAnchors_NewOnesGetTheNewestCheckpointAtOnceAndRemovedOnesNoMore()
    {
        using AnchorServer first = new(tls: true, http: true);
        using AnchorServer second = new(tls: true, http: true);
        string file = Path.Combine(folder.Root, "anchor.txt");
        await using IArchive archive = await OpenAsync(first.Options("https"));
        await archive.AppendAsync(ArchiveFolder.Request(), default);
        SignedCheckpoint before = await archive.CheckpointAsync(default);
        await UntilAsync(archive, "https", a => a.Size == before.Size);

        ArchivePolicy policy = LogArchive.PolicyOf(folder.Options()) with { Anchors = [first.Options("https"), second.Options("https")], AnchorFiles = [file] };
        archive.Take(policy);
        await TimestampTests.UntilAsync(() => archive.Status.Anchors.Count == 3 && archive.Status.Anchors.All(a => a.Size == before.Size));
        File.ReadAllText(file).ShouldContain(before.Note);
        second.Received.ShouldHaveSingleItem().ShouldContain(before.Note);
        first.Received.Count(r => r.Contains(before.Note, StringComparison.Ordinal)).ShouldBe(1, "it stayed, with what is known of it");

        archive.Take(policy with { Anchors = [second.Options("https")], AnchorFiles = [] });
        await archive.AppendAsync(ArchiveFolder.Request(), default);
        SignedCheckpoint after = await archive.CheckpointAsync(default);
        await TimestampTests.UntilAsync(() => archive.Status.Anchors is [var one] && one.Size == after.Size);
        File.ReadAllText(file).ShouldNotContain(after.Note);
        first.Received.ShouldNotContain(r => r.Contains(after.Note, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Take_FewerEntriesBetweenCheckpoints_TheNextGoesByItAndFaultsChangeNothing()
    {
        await using IArchive archive = await folder.OpenAsync(folder.Options() with { CheckpointInterval = TimeSpan.FromHours(1) });
        ArchivePolicy policy = LogArchive.PolicyOf(folder.Options());
        Should.Throw<ArgumentException>(() => archive.Take(policy with { CheckpointEntries = 0 })).Message.ShouldContain("CheckpointEntries is 0");
        (policy with { ClockRefusal = TimeSpan.Zero }).Validate().ShouldNotBeNull();

        archive.Take(policy with { CheckpointEntries = 1, CheckpointInterval = TimeSpan.FromHours(1) });
        long size = (await archive.AppendAsync(ArchiveFolder.Request(), default)).Record!.Value.Index + 1;
        await TimestampTests.UntilAsync(() => archive.LatestCheckpoint?.Size >= size);
    }

    // As a collector keeps them: among other lines. Changed ones are a fork, torn ones are said.
    private async Task VerifyCollectedAsync(IReadOnlyList<string> messages)
    {
        string collected = Path.Combine(folder.Root, "collected.log");
        File.WriteAllLines(collected, ["Nov 22 10:00:00 host sshd[7]: something else", .. messages, "Nov 22 10:00:01 host cron: more"]);
        VerifyReport report = await folder.VerifyOfflineAsync(options: new VerifyOptions { AgainstFiles = [collected] });
        report.Failures.ShouldBeEmpty();
        report.RewriteStatement.ShouldContain("A rewrite by the owner is excluded up to entry");
        File.WriteAllText(collected, messages[0][..^9] + "\n");
        (await folder.VerifyOfflineAsync(options: new VerifyOptions { AgainstFiles = [collected] })).Failures.Single().Code.ShouldBe("checkpoint_malformed");
    }

    [Fact]
    public async Task Publish_AnchorSilentForHundredsOfCheckpoints_KeepsABoundedQueueOfTheNewest()
    {
        using SilentAnchor silent = new();
        AnchorQueue queue = new(silent, TimeProvider.System);
        using KeySigner signer = KeySigner.P256();
        string origin = "bench/" + LogId.New();
        List<SignedCheckpoint> notes = [];
        for (int i = 1; i <= AnchorQueue.MaxWaiting + 50; i++)
        {
            notes.Add(await CheckpointNote.SignAsync(origin, i, MerkleHash.EmptyRoot, TimeProvider.System.GetUtcNow(), signer, default));
            _ = queue.PublishAsync(notes[^1]);
            await silent.Asked.Task; // The first is under way.
        }

        (queue.Status.Waiting, queue.Status.Dropped).ShouldBe((AnchorQueue.MaxWaiting, 50L));
        silent.Gate.SetResult();
        await TimestampTests.UntilAsync(() => queue.Status.Waiting == 0);
        queue.Status.Size.ShouldBe(notes[^1].Size);
        silent.Taken.ShouldBe([notes[0].Size, .. notes.Skip(50).Select(static n => n.Size)]);
        await queue.DisposeAsync();
    }

    [Fact]
    public async Task Dispose_AnchorWasAway_SendsTheLastCheckpointAtTheNextStart()
    {
        using AnchorServer server = new(tls: true, http: true) { Answer = "503 Service Unavailable" };
        long size;
        await using (IArchive archive = await OpenAsync(server.Options("https")))
        {
            await archive.AppendAsync(ArchiveFolder.Request(), default);
            size = (await archive.CheckpointAsync(default)).Size;
        }

        server.Answer = "201 Created";
        await using IArchive again = await OpenAsync(server.Options("https"));
        await UntilAsync(again, "https", a => a.Size >= size);
        string[] notes = [.. AnchorNotes.Split(File.ReadAllBytes(folder.Anchor))];
        notes.Length.ShouldBe(notes.Distinct().Count()); // the file had it already
    }

    // A volume that was unmounted leaves its empty folder: checkpoints go there, and somebody has to know.
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Checkpoint_AnchorFileTakenAwayOrCut_IsBegunAnewAndSaidSo(bool away, bool afterAStart)
    {
        if (afterAStart)
        {
            await using IArchive before = await folder.OpenAsync();
            await before.AppendAsync(ArchiveFolder.Request(), default);
        }

        await using IArchive archive = await folder.OpenAsync();
        if (!afterAStart)
        {
            await archive.AppendAsync(ArchiveFolder.Request(), default);
            await archive.CheckpointAsync(default);
        }

        await UntilAsync(archive, folder.Anchor, static anchor => anchor.Size > 0);
        archive.Status.Warnings.ShouldBeEmpty();
        if (away)
        {
            Directory.Move(Path.GetDirectoryName(folder.Anchor)!, folder.Root + "/away");
        }
        else
        {
            File.WriteAllText(folder.Anchor, "");
        }

        await archive.AppendAsync(ArchiveFolder.Request(), default);
        SignedCheckpoint checkpoint = await archive.CheckpointAsync(default);
        AnchorStatus status = await UntilAsync(archive, folder.Anchor, anchor => anchor.Size >= checkpoint.Size);
        status.Fault!.Detail.ShouldContain("was begun anew");
        File.ReadAllText(folder.Anchor).ShouldContain(checkpoint.Note);
        archive.Status.Warnings.Select(static warning => warning.Name).ShouldBe(["archive_unwritable"]);
    }

    [Fact]
    public async Task Open_BadAnchorSettings_AreAllSaid()
    {
        ArchiveFault fault = (await folder.TryOpenAsync(folder.Options() with
        {
            Anchors =
            [
                new AnchorOptions { Address = new Uri("http://anchor.example/") },
                new AnchorOptions { Address = new Uri("https://anchor.example/") },
                new AnchorOptions { Address = new Uri("syslog+tls://user:secret@log.example") },
                new AnchorOptions { Address = new Uri("syslog+udp://log.example"), BearerToken = "t", Timeout = TimeSpan.Zero },
            ],
        })).Fault!;
        fault.Name.ShouldBe("archive_settings");
        foreach (string said in new[] { "none of the schemes", "neither server certificates nor authorities", "names a user", "only https can carry", "1 s to 1 min" })
        {
            fault.Detail.ShouldContain(said);
        }

        fault.Detail.ShouldNotContain("secret");
    }

    [GeneratedRegex(@"^<109>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z \S+ tunduk-adapter \d+ checkpoint - tunduk-checkpoint \d+ [A-Za-z0-9+/=]+$", RegexOptions.None, 1000)]
    private static partial Regex Rfc5424();

    private sealed class SilentAnchor : IAnchor
    {
        public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<long> Taken { get; } = [];

        public string Name => "silent";

        public bool IsReceipted => true;

        public bool IsLocal => false;

        public async ValueTask PublishAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken)
        {
            Asked.TrySetResult();
            await Gate.Task;
            Taken.Add(checkpoint.Size);
        }

        public ValueTask ProbeAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Dispose()
        {
        }
    }
}
