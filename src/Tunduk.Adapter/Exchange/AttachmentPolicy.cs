using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// The attachments of one message, judged one by one as they come. A part that a listed field refers to (MTOM) is that
/// field's value and passes with it; one that a removed field refers to goes with it; any other passes by name and type.
/// </summary>
/// <param name="terms">The service's terms.</param>
/// <param name="side"><c>request</c> or <c>response</c>.</param>
/// <param name="kept">References of the fields that stay (<see cref="XmlFilterResult.KeptIncludes"/>), with or without <c>cid:</c>.</param>
/// <param name="removed">References of the fields that were removed.</param>
internal sealed class AttachmentPolicy(AgreementService terms, string side, IReadOnlyCollection<string>? kept = null, IReadOnlyCollection<string>? removed = null)
{
    /// <summary>So many first bytes tell the types that are looked at.</summary>
    public const int HeadBytes = 16;

    /// <summary>What stands behind the path of a part that is listed and was left out.</summary>
    public const string NotOfItsType = " (content not of its type)";

    private readonly HashSet<string> keptIds = Ids(kept);
    private readonly HashSet<string> removedIds = Ids(removed);
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> left = new(StringComparer.Ordinal);

    /// <summary>The message is a request of the own information system, which can be told what is wrong with it.</summary>
    public bool IsOwnRequest { get; init; }

    /// <summary>What was left out so far, by name; a name that no rule knows is not told.</summary>
    public IReadOnlyList<RemovedField> Removed => [.. left.Select(pair => new RemovedField(pair.Key, pair.Value, Blanked: false))];

    /// <summary>References of listed fields to which no part came yet; asked after the last part.</summary>
    public bool IsComplete => keptIds.IsSubsetOf(seen);

    /// <summary>Whether the part passes; a refusal where the message must not go on at all.</summary>
    public Outcome<bool> Take(AttachmentPart part)
    {
        if (part.ContentId is { } id && !seen.Add(id))
        {
            return new ExchangeError(ExchangeStage.Filter, ExchangeCodes.AttachmentReferencedTwice) { Path = "attachments", Expected = RefusalPhrases.Of("each_content_id_once"), Found = RefusalPhrases.Of("one_that_occurs_twice") };
        }

        if (part.ContentId is { } included && keptIds.Contains(included))
        {
            return true;
        }

        var known = terms.Attachments.FirstOrDefault(rule => rule.Side == side && rule.Name != "*" && (rule.Name == part.ContentId || rule.Name == part.FileName));
        var path = known is null ? "attachment/" + RemovedField.Unlisted : "attachment/" + known.Name;
        if (part.ContentId is { } gone && removedIds.Contains(gone))
        {
            left[path] = left.GetValueOrDefault(path) + 1;
            return false;
        }

        var rule = terms.Attachments.FirstOrDefault(candidate => candidate.Side == side && Fits(terms, candidate, part));
        if (rule is null)
        {
            // Name and type are listed, the bytes are of another type.
            var untrue = terms.Attachments.FirstOrDefault(candidate => candidate.Side == side && Lists(terms, candidate, part));
            path = untrue is null ? path : "attachment/" + untrue.Name;
            if ((side == FieldList.Request ? terms.Request : terms.Response).Unlisted == UnlistedAction.Refuse || (IsOwnRequest && untrue is not null))
            {
                return untrue is null ? NotListed(path) : OfAnotherType(path);
            }

            path = untrue is null ? path : path + NotOfItsType;
            left[path] = left.GetValueOrDefault(path) + 1;
            return false;
        }

        if (part.Bytes is { } bytes && TooLarge(rule, bytes) is { } tooLarge)
        {
            return tooLarge;
        }

        return true;
    }

    /// <summary>What a REST body that did not pass is refused with.</summary>
    public ExchangeError RefusalOfBody(AttachmentPart part) =>
        terms.Attachments.Any(rule => rule.Side == side && Lists(terms, rule, part)) ? OfAnotherType(part.ContentId!) : NotListed(part.ContentId!);

    /// <summary>The rule under which a part passes by itself; null: none.</summary>
    public static AttachmentRule? RuleOf(AgreementService terms, string side, AttachmentPart part) =>
        terms.Attachments.FirstOrDefault(candidate => candidate.Side == side && Fits(terms, candidate, part));

    /// <summary>The largest size of a part that passes; null: not limited by the agreement.</summary>
    public long? MaxBytes(AttachmentPart part) => terms.Attachments.FirstOrDefault(rule => rule.Side == side && Fits(terms, rule, part))?.MaxBytes;

    /// <summary>The refusal of a part whose size turned out larger than agreed; null: it is not.</summary>
    public static ExchangeError? TooLarge(AttachmentRule rule, long bytes) => bytes <= (rule.MaxBytes ?? long.MaxValue) ? null : new(ExchangeStage.Filter, ExchangeCodes.AgreementVolumeExceeded)
    {
        Path = "attachment/" + rule.Name,
        Expected = RefusalPhrases.Of("bytes_at_most", rule.MaxBytes),
        Found = RefusalPhrases.Of("bytes", bytes),
    };

    public static ExchangeError NotListed(string path) => new(ExchangeStage.Filter, ExchangeCodes.AttachmentNotListed)
    {
        Path = path,
        Expected = RefusalPhrases.Of("attachments_that_agreement_lists"),
        Found = RefusalPhrases.Of("one_that_it_does_not_list"),
    };

    private static ExchangeError OfAnotherType(string path) => new(ExchangeStage.Filter, ExchangeCodes.AttachmentNotListed)
    {
        Path = path,
        Expected = RefusalPhrases.Of("attachments_that_agreement_lists_by_name"),
        Found = RefusalPhrases.Of("content_that_is_not_of_its_type"),
        IsContentUntrue = true,
    };

    private static bool Fits(AgreementService terms, AttachmentRule rule, AttachmentPart part) =>
        Lists(terms, rule, part) && MediaSignature.Fits(part.MediaType, part.Head.Span);

    // A file name that readers read in two ways is listed where both are.
    private static bool Lists(AgreementService terms, AttachmentRule rule, AttachmentPart part) =>
        rule.Types.Contains(part.MediaType, StringComparer.Ordinal)
        && (rule.Name == "*" || rule.Name == part.ContentId || (rule.Name == part.FileName && (part.OtherFileName is not { } other
            || terms.Attachments.Any(also => also.Side == rule.Side && (also.Name == other || also.Name == "*") && also.Types.Contains(part.MediaType, StringComparer.Ordinal)))));

    private static HashSet<string> Ids(IReadOnlyCollection<string>? references) =>
        [.. (references ?? []).Select(reference => reference.StartsWith("cid:", StringComparison.OrdinalIgnoreCase) ? reference[4..] : reference)];
}
