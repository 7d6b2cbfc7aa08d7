using Microsoft.Extensions.Logging;

namespace Tunduk.Adapter.Telemetry;

/// <summary>
/// Loggers that keep nothing of the scopes around a line. The framework opens one around each request, which holds its path, and a REST path may hold a
/// personal number: what a line says is what its own message names.
/// </summary>
internal sealed class ScopelessLoggers(ILoggerProvider inner) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Scopeless(inner.CreateLogger(categoryName));

    public void Dispose() => inner.Dispose();

    private sealed class Scopeless(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            inner.Log(logLevel, eventId, state, exception, formatter);
    }
}
