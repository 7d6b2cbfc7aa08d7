using System.Security.Cryptography;
using System.Text;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Contracts;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// Requests repeated under their own id, where caller and service have opted in: the second is answered by the answer of the
/// first, or told how it ended, and nothing is sent twice.
/// </summary>
/// <remarks>
/// What is known of the first is what the archive holds of it: so it is known after a restart and to every adapter before the
/// same archive, and no longer than the archive holds it. What an agreement does not let the archive keep is not answered again.
/// </remarks>
/// <param name="archive">The archive.</param>
/// <param name="window">How long an answer is given again.</param>
/// <param name="clock">The clock.</param>
internal sealed class RepeatedRequests(IArchive archive, TimeSpan window, TimeProvider clock)
{
    /// <summary>Name of the digest by which a request's entry is known again; it goes with the first field that is erased.</summary>
    public const string DigestName = "$digest/repeat";

    /// <summary>Payload part with the answer as it was given.</summary>
    public const string AnswerPart = "answer";

    private const string ClaimKind = "repeat";
    private const int PageSize = 20;

    /// <summary>What a request and its repeats have in common; null where repeats are sent like any other.</summary>
    public RepeatKey? KeyOf(Caller caller, ConsumedService service, string? id, ReadOnlyMemory<byte>? body)
    {
        if (body is not { } content || !caller.AnswersRepeats || !service.AnswersRepeats || !Guid.TryParseExact(id, "D", out _))
        {
            return null;
        }

        // Parts in fixed-length digests, so that no two keys can run together.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in new[] { caller.Name, service.Client.ToString(), service.Service.ToString()!, id.ToLowerInvariant() })
        {
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(part)));
        }

        hash.AppendData(SHA256.HashData(content.Span));
        return new RepeatKey(id, hash.GetHashAndReset(), clock.GetUtcNow() + window);
    }

    /// <summary>What a first request takes with its entry: of two that come at once one finds the other.</summary>
    public static IReadOnlyList<Claim> Claims(RepeatKey? key) =>
        key is null ? [] : [new Claim(ClaimKind, [Convert.ToHexString(key.Sha256.Span)], key.Until, Exclusive: false)];

    /// <summary>The request that was sent before under this key, and how it ended; null where none was sent, or none that may have been executed.</summary>
    public async Task<EarlierRequest?> FindAsync(RepeatKey key)
    {
        var query = new SearchQuery { Terms = [new IndexTerm(IndexKind.MessageId, key.MessageId)], Kinds = [EntryKind.Request], From = clock.GetUtcNow() - window, PageSize = PageSize };
        while (true)
        {
            var page = await archive.SearchAsync(query, CancellationToken.None);
            foreach (var entry in page.Entries)
            {
                if (await archive.GetAsync(entry.Record, CancellationToken.None) is not { } request || !IsOf(request, key))
                {
                    continue;
                }

                var end = await archive.GetEndAsync(entry.Record, CancellationToken.None);
                if (end?.Entry.Kind != EntryKind.Refusal)
                {
                    return new EarlierRequest(entry.Record, end);
                }
            }

            if (page.Next is not { } next)
            {
                return null;
            }

            query = query with { After = next };
        }
    }

    private static bool IsOf(ArchiveRecord request, RepeatKey key) =>
        request.Values.Any(value => value.Path == DigestName && value.Value.Span.SequenceEqual(key.Sha256.Span));
}
