using System.Security.Cryptography;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Keys;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Signing;

/// <summary>A token as slow as a test wants it: it signs when it is let.</summary>
public sealed class SigningQueueTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim permitted = new(0);
    private readonly SemaphoreSlim begun = new(0);
    private readonly List<byte> order = [];
    private Exception? gone;

    public void Dispose()
    {
        permitted.Release(100);
        permitted.Dispose();
        begun.Dispose();
    }

    [Fact]
    public async Task SignAsync_MoreThanMayWait_TheNextIsRefusedAtOnceAndTheOthersSigned()
    {
        using var queue = Queue(length: 2, Long);
        var first = queue.SignAsync(new byte[] { 1 }, false, default).AsTask();
        await begun.WaitAsync();
        var waiting = new[] { queue.SignAsync(new byte[] { 2 }, false, default).AsTask(), queue.SignAsync(new byte[] { 3 }, false, default).AsTask() };

        queue.Waiting.ShouldBe(2);
        (await Should.ThrowAsync<SigningUnavailableException>(async () => await queue.SignAsync(new byte[] { 4 }, false, default))).Code.ShouldBe(ExchangeCodes.SigningQueueFull);

        permitted.Release(3);
        (await first)[0].ShouldBe((byte)1);
        (await Task.WhenAll(waiting)).Select(value => value[0]).ShouldBe([2, 3]);
    }

    [Fact]
    public async Task SignAsync_QueueFullOfMessages_ACheckpointHasItsPlaceAndGoesFirst()
    {
        using var queue = Queue(length: 1, Long);
        var first = queue.SignAsync(new byte[] { 1 }, false, default).AsTask();
        await begun.WaitAsync();
        var message = queue.SignAsync(new byte[] { 2 }, false, default).AsTask();
        var checkpoint = queue.SignAsync(new byte[] { 3 }, true, default).AsTask();

        permitted.Release(3);
        await Task.WhenAll(first, message, checkpoint);
        order.ShouldBe([1, 3, 2]);
    }

    [Fact]
    public async Task SignAsync_DeadlinePasses_RefusedAndItsPlaceIsFree()
    {
        using var queue = Queue(length: 1, TimeSpan.FromMilliseconds(50));
        var first = queue.SignAsync(new byte[] { 1 }, false, default).AsTask();
        await begun.WaitAsync();
        var second = queue.SignAsync(new byte[] { 2 }, false, default).AsTask();

        (await Should.ThrowAsync<SigningUnavailableException>(second)).Code.ShouldBe(ExchangeCodes.SigningTimeout);
        (await Should.ThrowAsync<SigningUnavailableException>(first)).Code.ShouldBe(ExchangeCodes.SigningTimeout);
        queue.Waiting.ShouldBe(0);
    }

    [Theory]
    [InlineData(typeof(CryptographicException))]
    [InlineData(typeof(InvalidOperationException))]
    public async Task SignAsync_TokenPulledUnderLoad_EveryWaiterIsRefusedAndTheQueueLivesOn(Type thrown)
    {
        using var queue = Queue(length: 10, Long);
        gone = (Exception)Activator.CreateInstance(thrown)!;
        var all = Enumerable.Range(0, 8).Select(i => queue.SignAsync(new byte[] { (byte)i }, false, default).AsTask()).ToList();
        permitted.Release(8);
        foreach (var one in all)
        {
            (await Should.ThrowAsync<SigningUnavailableException>(one)).Code.ShouldBe(ExchangeCodes.SigningFailed);
        }

        queue.IsBroken.ShouldBeTrue();
        gone = null;
        permitted.Release();
        (await queue.SignAsync(new byte[] { 9 }, false, default))[0].ShouldBe((byte)9);
        queue.IsBroken.ShouldBeFalse();
    }

    [Fact]
    public async Task Trial_AfterAFailure_TellsWhenTheTokenIsBackWithoutAMessage()
    {
        var clock = new TestClock();
        var trials = 0;
        var isBack = false;
        using var queue = new SigningQueue("test", _ => throw new TokenException(new KeyFault(KeyFaultCode.TokenMissing, "away", "Plug it in.")), 1, Long, clock, () =>
        {
            trials++;
            if (!isBack)
            {
                throw new CryptographicException();
            }
        });
        (await Should.ThrowAsync<SigningUnavailableException>(async () => await queue.SignAsync(new byte[] { 1 }, false, default))).Found.ShouldBe("the token refused (key_token_missing)");
        queue.Failure.ShouldBe("key_token_missing: away. Plug it in.");

        await Wait.ForAsync(() => clock.Expire(SigningQueue.TrialAfter) > 0 && trials > 1);
        queue.IsBroken.ShouldBeTrue();
        isBack = true;
        await Wait.ForAsync(() =>
        {
            clock.Expire(SigningQueue.TrialAfter);
            return !queue.IsBroken;
        });
        queue.Failure.ShouldBeNull();

        queue.Rest();
        (await Should.ThrowAsync<SigningUnavailableException>(async () => await queue.SignAsync(new byte[] { 2 }, false, default))).Code.ShouldBe(ExchangeCodes.SigningFailed);
        queue.IsBroken.ShouldBeTrue();
    }

    private SigningQueue Queue(int length, TimeSpan deadline) => new("test", Sign, length, deadline, TimeProvider.System);

    private byte[] Sign(ReadOnlyMemory<byte> data)
    {
        begun.Release();
        permitted.Wait();
        if (gone is not null)
        {
            throw gone;
        }

        order.Add(data.Span[0]);
        return data.ToArray();
    }
}
