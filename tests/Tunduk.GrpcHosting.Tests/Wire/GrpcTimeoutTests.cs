using FsCheck;
using FsCheck.Fluent;
using Tunduk.GrpcHosting.Wire;

namespace Tunduk.GrpcHosting.Tests.Wire;

public sealed class GrpcTimeoutTests
{
    [Theory]
    [InlineData("1H", 36_000_000_000L)]
    [InlineData("2M", 120_0000_000L)]
    [InlineData("3S", 3_0000_000L)]
    [InlineData("4m", 40_000L)]
    [InlineData("5u", 50L)]
    [InlineData("600n", 6L)]
    [InlineData("1n", 1L)]
    [InlineData("0S", 0L)]
    public void TryParse_EveryUnit_IsRead(string text, long ticks)
    {
        GrpcTimeout.TryParse(text, out TimeSpan timeout).ShouldBeTrue();
        timeout.Ticks.ShouldBe(ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("1s")]
    [InlineData("-1S")]
    [InlineData("1.5S")]
    [InlineData(" 1S")]
    [InlineData("123456789S")]
    public void TryParse_OtherText_IsRefused(string text) => GrpcTimeout.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Format_AnyTimeout_IsNeverShorterAndAtMostAFewPerMilleLonger() => Prop.ForAll(ArbMap.Default.ArbFor<DoNotSize<long>>(), seed =>
    {
        TimeSpan timeout = TimeSpan.FromTicks((seed.Item & long.MaxValue) % TimeSpan.FromDays(40).Ticks);
        string text = GrpcTimeout.Format(timeout);
        return text.Length <= 9 && GrpcTimeout.TryParse(text, out TimeSpan read) && read >= timeout && read <= timeout + timeout / 1000 + TimeSpan.FromMicroseconds(1);
    }).Hold();

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-1L)]
    public void Format_ExtremeTimeout_CanBeRead(long ticks) => GrpcTimeout.TryParse(GrpcTimeout.Format(TimeSpan.FromTicks(ticks)), out _).ShouldBeTrue();
}
