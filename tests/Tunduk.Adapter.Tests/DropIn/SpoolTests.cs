using System.Text;
using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Sandbox;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>Attachments on disk: encrypted under a key in memory, nameless, within quotas, against slow senders.</summary>
public sealed class SpoolTests
{
    [Fact]
    public async Task Write_Content_LeavesNoNameAndNoPlaintext()
    {
        using var folder = new TemporaryFolder();
        using var spool = SpoolFile.Create(folder.Path, new SpoolQuota(10_000_000, 10_000_000), "a");
        var secret = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("secret words ", 20_000)));

        (await spool.TryWriteAsync(secret, CancellationToken.None)).ShouldBeTrue();
        (await spool.TryEndPartAsync(CancellationToken.None)).ShouldBeTrue();

        Directory.GetFileSystemEntries(folder.Path).ShouldBeEmpty();
        using var read = new MemoryStream();
        await spool.ReadAsync(0, secret.Length, (piece, _) =>
        {
            read.Write(piece.Span);
            return ValueTask.CompletedTask;
        }, CancellationToken.None);
        read.ToArray().ShouldBe(secret);
    }

    [Theory]
    [InlineData(100_000, 1_000_000)]
    [InlineData(1_000_000, 100_000)]
    public async Task Write_BeyondTheQuota_IsRefusedAndGivesRoomBack(long most, long each)
    {
        using var folder = new TemporaryFolder();
        var quota = new SpoolQuota(most, each);
        using (var spool = SpoolFile.Create(folder.Path, quota, "a"))
        {
            (await spool.TryWriteAsync(new byte[300_000], CancellationToken.None)).ShouldBeFalse();
            quota.Taken.ShouldBeGreaterThan(0);
        }

        quota.Taken.ShouldBe(0);
    }

    [Fact]
    public void Quota_OneCallersUploads_LeaveRoomForOthers()
    {
        var quota = new SpoolQuota(100, 60);

        quota.TryTake("a", 60).ShouldBeTrue();
        quota.TryTake("a", 1).ShouldBeFalse();
        quota.TryTake("b", 40).ShouldBeTrue();
        quota.TryTake("c", 1).ShouldBeFalse();
    }

    [Fact]
    public async Task Receive_PartThatNeverEnds_IsCutByItsBound()
    {
        using var folder = new TemporaryFolder();
        var spool = new AttachmentSpool(new LimitOptions { MaxAttachment = 200_000 }, folder.Path, TimeProvider.System);
        MediaType.TryParse("multipart/related; boundary=b", out var media).ShouldBeTrue();
        using var endless = new EndlessPart();

        var outcome = await spool.ReceiveAsync(endless, "multipart/related; boundary=b", media!, "a", CancellationToken.None);

        outcome.Error.ShouldNotBeNull().Code.ShouldBe("message_too_large");
        spool.Taken.ShouldBe(0);
    }

    [Fact]
    public async Task Receive_SenderThatStandsStill_IsRefusedAfterTheProgressTimeout()
    {
        using var folder = new TemporaryFolder();
        var clock = new TestClock();
        var spool = new AttachmentSpool(new LimitOptions(), folder.Path, clock);
        MediaType.TryParse("multipart/related; boundary=b", out var media).ShouldBeTrue();
        using var silent = new SilentStream();

        var receiving = spool.ReceiveAsync(silent, "multipart/related; boundary=b", media!, "a", CancellationToken.None);
        await silent.Asked;
        clock.Expire(new LimitOptions().ProgressTimeout);

        (await receiving).Error.ShouldNotBeNull().Code.ShouldBe("transfer_stalled");
        spool.Taken.ShouldBe(0);
    }

    // A SOAP part, then an attachment without end.
    private sealed class EndlessPart : MemoryStream
    {
        private byte[] head = Encoding.ASCII.GetBytes("--b\r\nContent-Type: text/xml\r\n\r\n<a/>\r\n--b\r\nContent-Type: a/b\r\n\r\n");

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var length = Math.Min(buffer.Length, head.Length > 0 ? head.Length : buffer.Length);
            if (head.Length > 0)
            {
                head.AsSpan(0, length).CopyTo(buffer.Span);
                head = head[length..];
            }
            else
            {
                buffer.Span.Fill((byte)'x');
            }

            return ValueTask.FromResult(length);
        }
    }

    private sealed class SilentStream : MemoryStream
    {
        private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => asked.Task;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return 0;
        }
    }
}
