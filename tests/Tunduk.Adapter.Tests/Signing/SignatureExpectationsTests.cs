using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Signing;

public sealed class SignatureExpectationsTests
{
    [Fact]
    public void Open_SameKeyTwiceAndATornLine_Opens()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["signed-counterparties.txt"], "own|counterparty|service|Provider|digest\nown|counterparty|service|Provider|digest\nown|count");

        Should.NotThrow(() => SignatureExpectations.Open(folder.Path));
    }
}
