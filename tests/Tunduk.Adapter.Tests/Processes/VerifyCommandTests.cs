using System.Diagnostics;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Processes;

/// <summary><c>verify</c> as a process: files that are nothing, and results that nobody takes.</summary>
public sealed class VerifyCommandTests
{
    [Theory]
    [InlineData("")]
    [InlineData("PK")]
    [InlineData("SQLite format 3")]
    public async Task Verify_FileThatIsNoBundle_IsToldSoAndNotTakenForAConfiguration(string content)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "bundle.zip");
        await File.WriteAllTextAsync(file, content);

        var (code, said) = await AdapterProcess.RunAsync("verify", file);

        code.ShouldBe(1, said);
        said.ShouldContain("bundle", Case.Insensitive);
        said.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("> /dev/full")]
    [InlineData("> /dev/full 2> /dev/full")]
    public async Task AnyCommand_ResultThatNobodyTakes_LeavesByOneWithoutATrace(string elsewhere)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec dotnet exec \"$0\" agreement schema {elsewhere}", AdapterProcess.Program]) { UseShellExecute = false, RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        process.ExitCode.ShouldBe(1, errors);
        errors.ShouldNotContain("   at ");
    }
}
