using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Json;
using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.Telemetry;

/// <summary>Sets up Serilog: short lines on the console, JSON lines in a file when one is named.</summary>
internal static class AdapterLogging
{
    /// <summary>Makes a logger factory; disposing it flushes.</summary>
    public static ILoggerFactory Create(TelemetryOptions options, Func<string, string> resolve, string? adapter = null, bool console = true)
    {
        var level = Enum.Parse<LogEventLevel>(options.LogLevel, ignoreCase: true);
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(level)

            // The framework's own request logs name paths and, at debug, headers: the adapter logs exchanges itself.
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning);
        if (console)
        {
            var name = adapter is null ? "" : adapter + " ";
            configuration = configuration.WriteTo.Console(
                outputTemplate: "{Timestamp:HH:mm:ss.fff} {Level:u3} " + name + "{Message:lj}{NewLine}{Exception}",
                standardErrorFromLevel: LogEventLevel.Verbose);
        }

        if (options.LogFile is { Length: > 0 } file)
        {
            configuration = configuration.WriteTo.Async(sink => sink.File(
                new JsonFormatter(renderMessage: true), resolve(file), rollingInterval: RollingInterval.Day, retainedFileCountLimit: 31));
        }

#pragma warning disable CA2000 // The provider owns the logger and the factory owns the provider.
        return new LoggerFactory([new SerilogLoggerProvider(configuration.CreateLogger(), dispose: true)]);
#pragma warning restore CA2000
    }
}
