using Tunduk.Adapter.Attachments;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>The Filter stage of a whole message's attachments: each part by <see cref="AttachmentPolicy"/>.</summary>
internal static class MultipartFilter
{
    /// <summary>Lets only the parts go on that may; a metaservice passes whole.</summary>
    public static Outcome<FilteredBody> Apply(ExchangeRun run, string side, MultipartMessage? message, FilteredElement element)
    {
        if (run.Terms is not { } terms || (message is null && element.KeptIncludes.Count == 0))
        {
            return element.Body;
        }

        var policy = new AttachmentPolicy(terms, side, element.KeptIncludes, element.RemovedIncludes);
        var kept = new HashSet<SpooledPart>(ReferenceEqualityComparer.Instance);
        foreach (var part in message?.Parts ?? [])
        {
            var judged = new AttachmentPart(part.Headers.ContentId, part.FileName, part.Headers.ContentType.Type, part.DecodedLength, part.Head);
            if (!policy.Take(judged).TryGet(out var passes, out var error))
            {
                return error;
            }

            if (passes)
            {
                kept.Add(part);
            }
        }

        if (!policy.IsComplete)
        {
            return new ExchangeError(ExchangeStage.Filter, ExchangeCodes.MultipartMalformed) { Path = "attachments", Expected = "a part for each xop:Include", Found = "a reference to a part that is not there" };
        }

        message?.Keep(kept.Contains);
        run.Account?.Filtered(run, side, kept.Sum(part => part.Length), policy.Removed);
        return policy.Removed.Count == 0 ? element.Body : element.Body with { Removed = [.. element.Body.Removed, .. policy.Removed] };
    }
}
