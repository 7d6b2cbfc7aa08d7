using Tunduk.Evidence.Log;

namespace Tunduk.Evidence.Tests.Log;

public sealed class ErasureLineTests
{
    private const string Id = "000102030405060708090a0b0c0d0e0f-7";

    [Theory]
    [InlineData("record " + Id)]
    [InlineData("record " + Id + " 0")]
    [InlineData("record " + Id + " 0-2,5,7-1048575")]
    public void TryParse_LineOfTheForm_IsWrittenTheSame(string line)
    {
        ErasureLine.TryParse(line, out ErasureLine? parsed).ShouldBeTrue();
        parsed!.ToString().ShouldBe(line);
    }

    [Theory]
    [InlineData("")]
    [InlineData("record ")]
    [InlineData("record x")]
    [InlineData("records " + Id)]
    [InlineData("record " + Id + " ")]
    [InlineData("record " + Id + " *")]
    [InlineData("record " + Id + " -1")]
    [InlineData("record " + Id + " 2-1")]
    [InlineData("record " + Id + " 1,1")]
    [InlineData("record " + Id + " 5,3")]
    [InlineData("record " + Id + " 1048576")]
    [InlineData("record " + Id + " 1, 2")]
    [InlineData("record " + Id + " 1 2")]
    public void TryParse_AnotherLine_IsNone(string line) => ErasureLine.TryParse(line, out _).ShouldBeFalse();

    [Fact]
    public void Of_Positions_MakesRuns()
    {
        RecordId.TryParse(Id, out RecordId record).ShouldBeTrue();
        ErasureLine.Of(record, [0, 1, 2, 5, 7, 8]).ToString().ShouldBe("record " + Id + " 0-2,5,7-8");
    }
}
