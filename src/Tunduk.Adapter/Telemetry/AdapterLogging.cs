using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Json;
using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.Telemetry;

/// <summary>Sets up Serilog: short lines on the console, JSON lines in a file when one is named.</summary>
internal static class AdapterLogging
{
    /// <summary>Makes a logger factory; disposing it flushes.</summary>
    public static AdapterLogs Create(TelemetryOptions options, Func<string, string> resolve, string? adapter = null, bool console = true)
    {
        var level = new LoggingLevelSwitch(LevelOf(options));
        var configuration = new LoggerConfiguration()
            .MinimumLevel.ControlledBy(level)

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
        return new AdapterLogs(new LoggerFactory([new SerilogLoggerProvider(configuration.CreateLogger(), dispose: true)]), level);
#pragma warning restore CA2000
    }

    /// <summary>The level of validated options.</summary>
    public static LogEventLevel LevelOf(TelemetryOptions options) => Enum.Parse<LogEventLevel>(options.LogLevel, ignoreCase: true);
}
