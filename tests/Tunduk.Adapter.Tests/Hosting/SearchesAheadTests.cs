using System.Reflection;
using Microsoft.Extensions.Logging;
using Tunduk.Adapter.Hosting;
using Tunduk.Archive;

namespace Tunduk.Adapter.Tests.Hosting;

/// <summary>Searches ahead of the readers: nothing waits for them, and what they end with is a name in the log.</summary>
public sealed class SearchesAheadTests
{
    [Fact]
    public async Task Start_ArchiveCannotSearch_IsLoggedByNameOnly()
    {
        var archive = Warming.Make(_ => Task.FromResult<ArchiveFault?>(new ArchiveFault(ArchiveFaultCode.ArchiveUnreadable, "21201199000001 does not decode", "Restore it.")));
        var lines = new Lines();
        await using (var ahead = new SearchesAhead(archive, lines))
        {
            ahead.Start();
        }

        lines.All.ShouldHaveSingleItem().ShouldContain("archive_unreadable");
        lines.All[0].ShouldNotContain("2120");
    }

    [Fact]
    public async Task Dispose_WhileItSearches_CutsItShortAndWaits()
    {
        var searching = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = false;
        var archive = Warming.Make(async token =>
        {
            var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = token.Register(cut.SetResult);
            searching.SetResult();
            await cut.Task;
            ended = true;
            return null;
        });
        var lines = new Lines();
        var ahead = new SearchesAhead(archive, lines);
        ahead.Start();
        await searching.Task;

        await ahead.DisposeAsync();

        ended.ShouldBeTrue();
        lines.All.ShouldBeEmpty();
    }

    /// <summary>An archive that can do nothing else.</summary>
    public class Warming : DispatchProxy
    {
        private Func<CancellationToken, Task<ArchiveFault?>> warm = static _ => Task.FromResult<ArchiveFault?>(null);

        internal static IArchive Make(Func<CancellationToken, Task<ArchiveFault?>> warm)
        {
            var archive = Create<IArchive, Warming>();
            ((Warming)(object)archive).warm = warm;
            return archive;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod?.Name == nameof(IArchive.WarmSearchesAsync)
            ? new ValueTask<ArchiveFault?>(warm((CancellationToken)args![0]!))
            : throw new NotSupportedException(targetMethod?.Name);
    }

    private sealed class Lines : ILogger<SearchesAhead>
    {
        public List<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => All.Add(formatter(state, exception));
    }
}
