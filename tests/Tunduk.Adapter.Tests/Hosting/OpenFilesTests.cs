using Microsoft.Extensions.Logging.Abstractions;
using Tunduk.Adapter.Hosting;

namespace Tunduk.Adapter.Tests.Hosting;

/// <summary>Which connections may stay; that a process outlives them stands in <c>Processes/OpenFilesProcessTests</c>.</summary>
public sealed class OpenFilesTests
{
    [Theory]
    [InlineData(1024, 895, false, true)]
    [InlineData(1024, 896, false, false)]
    [InlineData(1024, 959, true, true)]
    [InlineData(1024, 960, true, false)]
    [InlineData(long.MaxValue, int.MaxValue, false, true)]
    public void HasRoom_NumberOfASocket_LeavesTheLastFree(long most, long number, bool isAdmin, bool stays) =>
        Of(most).HasRoom(number, isAdmin).ShouldBe(stays);

    [Fact]
    public void Alarms_FewFiles_AreNamedFromTheStart()
    {
        Of(1024).Alarms.ShouldHaveSingleItem().ShouldContain("LimitNOFILE");
        Of(65_536).Alarms.ShouldBeEmpty();
    }

    [Fact]
    public void OfProcess_ThisOne_IsKnown() => OpenFiles.OfProcess().ShouldBeGreaterThan(100);

    private static OpenFiles Of(long most) => new(most, TimeProvider.System, NullLogger<OpenFiles>.Instance);
}
