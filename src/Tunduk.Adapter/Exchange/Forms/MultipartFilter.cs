using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Filtering;

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

        var isOwnRequest = run.Direction == ExchangeDirection.Consumer && side == FieldList.Request;
        var policy = new AttachmentPolicy(terms, side, element.KeptIncludes, element.RemovedIncludes) { IsOwnRequest = isOwnRequest };
        var would = run.Shadow is { } shadow ? new AttachmentPolicy(shadow, side, element.KeptIncludes, element.RemovedIncludes) { IsOwnRequest = isOwnRequest } : null;
        ExchangeError? refuse = null, wouldRefuse = null;
        var differences = new List<FieldDifference>();
        var kept = new HashSet<SpooledPart>(ReferenceEqualityComparer.Instance);
        foreach (var part in message?.Parts ?? [])
        {
            var judged = part.Judged;
            var taken = policy.Take(judged);
            var otherwise = would?.Take(judged);
            wouldRefuse ??= otherwise?.Error;
            if (!taken.TryGet(out var passes, out var error))
            {
                // The shadow's verdict is about the whole message.
                refuse ??= error;
                if (would is null)
                {
                    break;
                }

                continue;
            }

            if (otherwise is { Error: null } then && then.Value != passes)
            {
                // By the name of the rule that lets it through: that of the part is the sender's.
                var name = AttachmentPolicy.RuleOf(passes ? terms : run.Shadow!, side, judged)?.Name ?? "(field)";
                differences.Add(new FieldDifference("attachment/" + name, passes ? FieldAction.Allow : FieldAction.Remove, passes ? FieldAction.Remove : FieldAction.Allow, 1));
            }

            if (passes)
            {
                kept.Add(part);
            }
        }

        if (refuse is null && !policy.IsComplete)
        {
            return new ExchangeError(ExchangeStage.Filter, ExchangeCodes.MultipartMalformed) { Path = "attachments", Expected = RefusalPhrases.Of("part_for_each_xop_include"), Found = RefusalPhrases.Of("reference_to_part_that_is_not_there") };
        }

        if (would is not null)
        {
            run.Account?.Shadow(run, side, refuse is null, wouldRefuse is null, wouldRefuse, () => differences);
        }

        if (refuse is not null)
        {
            return refuse;
        }

        if (message is not null)
        {
            HeaderDifference.Note(run, side, message.Parts.Where(kept.Contains).SelectMany(part => part.Headers.Fields).Select(field => field.Key).Where(name => !name.StartsWith("content-", StringComparison.OrdinalIgnoreCase)));
            message.Keep(kept.Contains);
            var isSender = (run.Direction == ExchangeDirection.Consumer) == (side == FieldList.Request);
            message.Rewrite(new PartRenaming(terms, side, element.KeptIncludes, element.Renamed, element.Xml).Of, isSender, PartRenaming.KeepsType(terms, side));
        }

        run.Account?.Filtered(run, side, kept.Sum(part => part.Length), policy.Removed);
        return policy.Removed.Count == 0 ? element.Body : element.Body with { Removed = [.. element.Body.Removed, .. policy.Removed] };
    }
}
