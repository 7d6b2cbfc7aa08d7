using Microsoft.Extensions.Logging;
using Shouldly;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Telemetry;

namespace Tunduk.Adapter.Tests.Telemetry;

public sealed class AdapterLoggingTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tunduk-logs-");

    // The scope that the framework opens around a request holds its path.
    [Fact]
    public void Log_InsideARequestsScope_NothingOfItsPathIsKept()
    {
        using (var logs = AdapterLogging.Create(new TelemetryOptions { LogFile = "adapter-.json" }, name => Path.Combine(folder.FullName, name), console: false))
        {
            var logger = logs.CreateLogger("Tunduk.Adapter");
            using (logger.BeginScope(new Dictionary<string, object> { ["RequestPath"] = "/rest/persons/21201199012345" }))
            {
#pragma warning disable CA1848, CA1873 // one line of a test
                logger.LogWarning("a line");
#pragma warning restore CA1848, CA1873
            }
        }

        var text = string.Concat(folder.GetFiles().Select(static file => File.ReadAllText(file.FullName)));
        text.ShouldContain("a line");
        text.ShouldNotContain("21201199012345");
        text.ShouldNotContain("RequestPath");
    }

    public void Dispose() => folder.Delete(recursive: true);
}
