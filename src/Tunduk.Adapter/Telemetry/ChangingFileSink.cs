using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace Tunduk.Adapter.Telemetry;

/// <summary>The log's file, which may become another one, or none, while the adapter runs.</summary>
internal sealed class ChangingFileSink : ILogEventSink, IDisposable
{
    private readonly Lock gate = new();
    private string? path;
    private Logger? file;

    /// <summary>Begins with a file, as an absolute path; null for none.</summary>
    public ChangingFileSink(string? path)
    {
        this.path = path;
        file = Open(path);
    }

    /// <summary>Writes into another file from now on; what was written before is in the former one. Null for none.</summary>
    public void Change(string? next)
    {
        Logger? before;
        lock (gate)
        {
            if (next == path)
            {
                return;
            }

            before = file;
            (path, file) = (next, Open(next));
        }

        before?.Dispose();
    }

    public void Emit(LogEvent logEvent)
    {
        lock (gate)
        {
            file?.Write(logEvent);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            file?.Dispose();
            file = null;
        }
    }

    // The level is the outer logger's.
    private static Logger? Open(string? path) => path is null ? null : new LoggerConfiguration()
        .MinimumLevel.Verbose()
        .WriteTo.Async(sink => sink.File(new JsonFormatter(renderMessage: true), path, rollingInterval: RollingInterval.Day, retainedFileCountLimit: 31))
        .CreateLogger();
}
