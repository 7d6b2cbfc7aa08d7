using System.Text;
using System.Text.Json;
using Shouldly;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using Xunit;

namespace Tunduk.Adapter.Tests.Sandbox;

public sealed class SandboxPartsTests
{
    [Theory]
    [InlineData("authority", "crl", "crl")]
    [InlineData("security-servers", "control", "faults")]
    [InlineData("register", "address", "calls")]
    public async Task RunPart_WhenReady_WritesOneLineWithWorkingAddresses(string part, string key, string path)
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        using var output = new ReadyLine();
        Task<bool> running = new SandboxParts(TimeProvider.System, output).RunPartAsync(
            part, new SandboxPartOptions { DataFolder = folder["data"] }, stop.Token);
        string line = await output.Line.Task.WaitAsync(Wait.Longest);
        using JsonDocument json = JsonDocument.Parse(line);
        json.RootElement.GetProperty("part").GetString().ShouldBe(part);
        using var http = new HttpClient();
        using HttpResponseMessage response = await http.GetAsync(new Uri(new Uri(json.RootElement.GetProperty(key).GetString()!), path));
        response.EnsureSuccessStatusCode();
        await stop.CancelAsync();
        (await running).ShouldBeTrue();
    }

    [Fact]
    public async Task RunPart_UnknownName_SaysSo()
    {
        using var folder = new TemporaryFolder();
        (await new SandboxParts(TimeProvider.System, TextWriter.Null).RunPartAsync(
            "nothing", new SandboxPartOptions { DataFolder = folder.Path }, CancellationToken.None)).ShouldBeFalse();
    }

    private sealed class ReadyLine : StringWriter
    {
        public TaskCompletionSource<string> Line { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override Encoding Encoding => Encoding.UTF8;

        public override Task WriteLineAsync(string? value)
        {
            Line.TrySetResult(value ?? "");
            return Task.CompletedTask;
        }
    }
}
