using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Hosting;

namespace Tunduk.Adapter.Tests.Hosting;

public sealed class ArchiveSetupTests
{
    [Theory]
    [InlineData(8, 64L << 20)]
    [InlineData(1_024, 64L << 20)]
    [InlineData(2_500, 2_500L * 64 * 1024)]
    public void AnswerReserveFor_Exchanges_HoldsAnAnswerForEachThatMayBeUnderWay(int exchanges, long bytes) =>
        ArchiveSetup.AnswerReserveFor(exchanges).ShouldBe(bytes);

    [Fact]
    public void AnswerReserveFor_DefaultLimit_RefusesNobodyTheLimitLetsIn() =>
        (ArchiveSetup.AnswerReserveFor(new LimitOptions().MaxConcurrentExchanges) / (64 * 1024)).ShouldBeGreaterThanOrEqualTo(new LimitOptions().MaxConcurrentExchanges);
}
