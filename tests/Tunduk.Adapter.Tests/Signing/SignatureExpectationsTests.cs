using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Signing;

public sealed class SignatureExpectationsTests
{
    [Fact]
    public async Task Open_SameKeyTwiceAndATornLine_Opens()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["signed-counterparties.txt"], "own|counterparty|service|Provider|digest\nown|counterparty|service|Provider|digest\nown|count");

        await using var expectations = SignatureExpectations.Open(folder.Path, TimeProvider.System);

        expectations.Alarms().ShouldBeEmpty();
    }

    [Fact]
    public async Task Signed_Noted_IsWrittenOnceBeforeTheEnd()
    {
        using var folder = new TemporaryFolder();
        await using (var expectations = SignatureExpectations.Open(folder.Path, TimeProvider.System))
        {
            expectations.Signed("one");
            expectations.Signed("one");
            expectations.Signed("two");
        }

        (await File.ReadAllLinesAsync(folder["signed-counterparties.txt"])).Where(line => line.Length > 0).ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task Signed_StateFolderCannotBeWritten_NeverThrowsAndRaisesAnAlarm()
    {
        using var volume = SmallVolume.Mount();
        volume.Fill(reserveToo: true);
        await using var expectations = SignatureExpectations.Open(volume.Path, TimeProvider.System);

        Should.NotThrow(() => expectations.Signed("one"));

        (await Wait.ForAsync(() => Task.FromResult(expectations.Alarms().FirstOrDefault()))).ShouldContain("Documents:State");
    }
}
