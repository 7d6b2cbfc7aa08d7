using System.Security.Cryptography;
using System.Text;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Contracts;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// Requests repeated under their own id, where caller and service have opted in: the second is answered by the answer of the
/// first, or told how it ended, and nothing is sent twice.
/// </summary>
/// <remarks>
/// Keyed by caller, own subsystem, service, id and body; kept in memory for the configured time, within a bound of bytes,
/// and given out only while the archive still holds the answer. What an agreement does not let the archive keep is not
/// kept here.
/// </remarks>
/// <param name="window">How long an answer is given again.</param>
/// <param name="clock">The clock.</param>
internal sealed class RepeatedRequests(TimeSpan window, TimeProvider clock)
{
    private const long MostBytes = 64 * 1024 * 1024;
    private const int MostRequests = 100_000;
    private readonly Lock gate = new();
    private readonly Dictionary<string, RepeatedRequest> known = new(StringComparer.Ordinal);
    private readonly Queue<RepeatedRequest> order = new();
    private long bytes;

    /// <summary>
    /// The place of a request among its repeats: its own when it is the first, or that of the first; null where repeats are
    /// not answered for it.
    /// </summary>
    public RepeatedRequest? Enter(Caller caller, ConsumedService service, string? id, ReadOnlySpan<byte> body, out bool isFirst)
    {
        isFirst = true;
        if (!caller.AnswersRepeats || !service.AnswersRepeats || !Guid.TryParseExact(id, "D", out _))
        {
            return null;
        }

        var key = Key(caller.Name, service.Client.ToString(), service.Service.ToString()!, id!, body);
        lock (gate)
        {
            Forget();
            if (known.TryGetValue(key, out var first))
            {
                isFirst = false;
                return first;
            }

            var place = new RepeatedRequest(this, key, clock.GetUtcNow() + window);
            known.Add(key, place);
            order.Enqueue(place);
            return place;
        }
    }

    /// <summary>Takes a request out that ended without a word worth repeating: the next one is sent.</summary>
    public void Remove(RepeatedRequest place)
    {
        lock (gate)
        {
            known.Remove(place.Key);
        }
    }

    /// <summary>Counts what is kept; the oldest give way.</summary>
    public void Count(RepeatedRequest place)
    {
        lock (gate)
        {
            bytes += place.Size;
            Forget();
        }
    }

    // Ids in fixed-length digests, so that no two keys can run together.
    private static string Key(string caller, string client, string service, string id, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in new[] { caller, client, service, id.ToLowerInvariant() })
        {
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(part)));
        }

        hash.AppendData(SHA256.HashData(body));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private void Forget()
    {
        var now = clock.GetUtcNow();
        while (order.TryPeek(out var oldest) && (oldest.Until <= now || bytes > MostBytes || order.Count > MostRequests))
        {
            order.Dequeue();
            if (known.TryGetValue(oldest.Key, out var current) && ReferenceEquals(current, oldest))
            {
                known.Remove(oldest.Key);
            }

            bytes -= oldest.Size;
        }
    }
}
