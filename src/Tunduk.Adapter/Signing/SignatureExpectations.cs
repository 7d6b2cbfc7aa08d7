using System.Collections.Concurrent;
using System.Text;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Signing;

/// <summary>
/// Remembers, across restarts, who has signed for which service under which agreement: from then on an unsigned message
/// is a stripped one, until the agreement changes (SIGNATURES "Outbound modes, inbound demands").
/// </summary>
internal sealed class SignatureExpectations
{
    private readonly string file;
    private readonly ConcurrentDictionary<string, bool> signed;
    private readonly Lock gate = new();

    private SignatureExpectations(string file, IEnumerable<string> known)
    {
        this.file = file;
        signed = new ConcurrentDictionary<string, bool>(known.Distinct(StringComparer.Ordinal).Select(line => KeyValuePair.Create(line, true)), StringComparer.Ordinal);
    }

    /// <summary>Opens the memory in the state folder.</summary>
    public static SignatureExpectations Open(string folder)
    {
        var file = Path.Combine(folder, "signed-counterparties.txt");

        // A line torn by a crash is no key of any agreement and does no harm.
        return new SignatureExpectations(file, File.Exists(file) ? File.ReadAllLines(file) : []);
    }

    /// <summary>Notes that the counterparty of this exchange has signed; durable before the exchange goes on.</summary>
    public void Signed(ExchangeRun run)
    {
        var key = Key(run);
        if (signed.ContainsKey(key))
        {
            return;
        }

        lock (gate)
        {
            // The first exchanges of a counterparty arrive together.
            if (signed.ContainsKey(key))
            {
                return;
            }

            // A line break before the key too: it parts it from a line that a crash has torn.
            using var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.Read);
            stream.Write(Encoding.UTF8.GetBytes("\n" + key + "\n"));
            stream.Flush(flushToDisk: true);
            signed[key] = true;
        }
    }

    /// <summary>True when a signature was seen before and its absence means that somebody took it away.</summary>
    public bool HasSigned(ExchangeRun run) => signed.ContainsKey(Key(run));

    private static string Key(ExchangeRun run) => $"{run.Own}|{run.Counterparty}|{run.Service}|{run.Direction}|{run.Agreement!.Digest}";
}
