using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
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

#pragma warning disable CA2000 // The logger owns its sink, the provider the logger and the factory the provider.
        var file = new ChangingFileSink(FileOf(options, resolve));
        var factory = new LoggerFactory();
        factory.AddProvider(new ScopelessLoggers(new SerilogLoggerProvider(configuration.WriteTo.Sink(file).CreateLogger(), dispose: true))); // one that is given to the constructor would never be disposed of
        return new AdapterLogs(factory, level, file);
#pragma warning restore CA2000
    }

    /// <summary>The file of validated options; null for none.</summary>
    public static string? FileOf(TelemetryOptions options, Func<string, string> resolve) => options.LogFile is { Length: > 0 } file ? resolve(file) : null;

    /// <summary>The level of validated options.</summary>
    public static LogEventLevel LevelOf(TelemetryOptions options) => Enum.Parse<LogEventLevel>(options.LogLevel, ignoreCase: true);
}
