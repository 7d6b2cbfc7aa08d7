using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Signing;

/// <summary>
/// Remembers, across restarts, who has signed for which service under which agreement: from then on an unsigned message
/// is a stripped one, until the agreement changes (SIGNATURES "Outbound modes, inbound demands").
/// </summary>
/// <remarks>
/// It is known at once and written in the background: a full state folder delays no exchange and refuses none. Until it is
/// written an alarm says that a restart would forget it.
/// </remarks>
internal sealed class SignatureExpectations : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private readonly string file;
    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<string, bool> signed;
    private readonly Channel<string> unwritten = Channel.CreateUnbounded<string>(); // One line for each agreement and service.
    private readonly CancellationTokenSource stopping = new();
    private readonly Task writer;
    private volatile string? alarm;

    private SignatureExpectations(string file, IEnumerable<string> known, TimeProvider clock)
    {
        this.file = file;
        this.clock = clock;
        signed = new ConcurrentDictionary<string, bool>(known.Distinct(StringComparer.Ordinal).Select(line => KeyValuePair.Create(line, true)), StringComparer.Ordinal);
        writer = Task.Run(WriteAsync);
    }

    /// <summary>Opens the memory in the state folder.</summary>
    public static SignatureExpectations Open(string folder, TimeProvider clock)
    {
        var file = Path.Combine(folder, "signed-counterparties.txt");

        // A line torn by a crash is no key of any agreement and does no harm.
        return new SignatureExpectations(file, File.Exists(file) ? File.ReadAllLines(file) : [], clock);
    }

    /// <summary>What operations should know.</summary>
    public IEnumerable<string> Alarms() => alarm is { } text ? [text] : [];

    /// <summary>Notes that the counterparty of this exchange has signed.</summary>
    public void Signed(ExchangeRun run) => Signed(Key(run));

    /// <summary>True when a signature was seen before and its absence means that somebody took it away.</summary>
    public bool HasSigned(ExchangeRun run) => signed.ContainsKey(Key(run));

    /// <summary>Writes what is not written yet; tries a last time where writing fails.</summary>
    public async ValueTask DisposeAsync()
    {
        unwritten.Writer.TryComplete();
        await stopping.CancelAsync();
        await writer;
        stopping.Dispose();
    }

    internal void Signed(string key)
    {
        if (signed.TryAdd(key, true))
        {
            unwritten.Writer.TryWrite(key);
        }
    }

    private static string Key(ExchangeRun run) => $"{run.Own}|{run.Counterparty}|{run.Service}|{run.Direction}|{run.Agreement!.Digest}";

    private async Task WriteAsync()
    {
        await foreach (var key in unwritten.Reader.ReadAllAsync())
        {
            while (!TryWrite(key) && !stopping.IsCancellationRequested)
            {
                await Task.Delay(Pause, clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private bool TryWrite(string key)
    {
        try
        {
            // A line break before the key too: it parts it from a line that a crash has torn.
            using var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.Read);
            stream.Write(Encoding.UTF8.GetBytes("\n" + key + "\n"));
            stream.Flush(flushToDisk: true);
            alarm = null;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            alarm = Phrases.Of("Signing.DocumentsStateCounterpartySigned", exception.GetType().Name);
            return false;
        }
    }
}
