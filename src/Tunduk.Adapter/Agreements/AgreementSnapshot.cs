using System.Collections.Frozen;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Agreements;

/// <summary>
/// All agreements at one reading of the folder. Immutable: an exchange takes one snapshot at its beginning and is
/// judged by it to its end, whatever is reloaded meanwhile.
/// </summary>
internal sealed class AgreementSnapshot
{
    public static readonly AgreementSnapshot Empty = new([], [], new Dictionary<string, AgreementSuspension>(StringComparer.Ordinal), TimeSpan.FromHours(6));

    private readonly FrozenDictionary<AgreementKey, Entry[]> entries;
    private readonly FrozenDictionary<AgreementKey, AgreementBlock> blocked;
    private readonly FrozenSet<(ClientId Own, ClientId Counterparty, AgreementRole Role)> parties;
    private readonly IReadOnlyDictionary<string, AgreementSuspension> suspensions;

    public AgreementSnapshot(
        IReadOnlyList<AgreementStatus> documents,
        IReadOnlyCollection<KeyValuePair<AgreementKey, AgreementBlock>> blocked,
        IReadOnlyDictionary<string, AgreementSuspension> suspensions,
        TimeSpan offset)
    {
        Documents = documents;
        Offset = offset;
        this.suspensions = suspensions;
        Dictionary<AgreementKey, List<Entry>> lists = [];
        HashSet<(ClientId, ClientId, AgreementRole)> pairs = [];
        foreach (Agreement agreement in documents.Select(static d => d.Agreement).OfType<Agreement>())
        {
            pairs.Add((agreement.Own, agreement.Counterparty, agreement.Role));
            DateOnly? until = agreement.Ends;
            foreach (AgreementService service in agreement.Services)
            {
                AgreementKey key = new(agreement.Own, agreement.Counterparty, service.Service, agreement.Role);
                if (!lists.TryGetValue(key, out List<Entry>? list))
                {
                    list = [];
                    lists.Add(key, list);
                }

                list.Add(new Entry(agreement, service, Midnight(agreement.Valid.From), until is { } end ? Midnight(end) : DateTimeOffset.MaxValue));
            }
        }

        entries = lists.ToFrozenDictionary(static p => p.Key, static p => p.Value.OrderBy(static e => e.From).ToArray());
        parties = pairs.ToFrozenSet();
        this.blocked = blocked.DistinctBy(static p => p.Key).ToFrozenDictionary();
    }

    /// <summary>Every document of the folder, also expired, future and blocked ones, in the order of file names.</summary>
    public IReadOnlyList<AgreementStatus> Documents { get; }

    /// <summary>Offset of days and hours.</summary>
    public TimeSpan Offset { get; }

    /// <summary>The agreement in force, in time that does not depend on how many there are.</summary>
    public AgreementMatch Find(ClientId own, ClientId counterparty, ServiceId service, AgreementRole role, DateTimeOffset now)
    {
        AgreementKey key = new(own, counterparty, service, role);
        if (!entries.TryGetValue(key, out Entry[]? found))
        {
            return new AgreementMatch(null, null, WhyNone(key));
        }

        Entry? past = null;
        foreach (Entry entry in found)
        {
            if (now < entry.From)
            {
                // Sorted by beginning: nothing later has begun either. What ended before explains more than what comes.
                return past is null
                    ? Refuse(entry, "agreement_not_yet_valid", RefusalPhrases.Of("day_from", entry.Agreement.Valid.From), RefusalPhrases.Of("wait_until_agreement_begins_or_agree_on"))
                    : Expired(past);
            }

            if (now < entry.Until)
            {
                return Suspension(entry.Agreement, now) is { } stop
                    ? Refuse(entry, "agreement_suspended", stop.Until is { } end ? RefusalPhrases.Of("time_from", end) : RefusalPhrases.Of("agreement_that_is_not_suspended"), RefusalPhrases.Of("exchange_was_stopped_by_responsible"))
                    : new AgreementMatch(entry.Agreement, entry.Service, null);
            }

            past = entry;
        }

        return Expired(past!);
    }

    /// <summary>How a document stands at <paramref name="now"/>.</summary>
    public AgreementState StateOf(AgreementStatus document, DateTimeOffset now)
    {
        if (document.Agreement is not { } agreement)
        {
            return AgreementState.Blocked;
        }

        DateOnly day = DateOnly.FromDateTime(now.ToOffset(Offset).DateTime);
        if (day < agreement.Valid.From)
        {
            return AgreementState.NotYetValid;
        }

        if (day >= agreement.Valid.Until || day >= agreement.Basis.Until)
        {
            return AgreementState.Expired;
        }

        return Suspension(agreement, now) is null ? AgreementState.InForce : AgreementState.Suspended;
    }

    private static AgreementMatch Expired(Entry entry)
    {
        bool consent = entry.Agreement.Basis.Until is { } until && (entry.Agreement.Valid.Until is null || until < entry.Agreement.Valid.Until);
        DateOnly? end = consent ? entry.Agreement.Basis.Until : entry.Agreement.Valid.Until;
        return consent && entry.Agreement.Basis.Kind == AgreementBasisKind.Consent
            ? Refuse(entry, "agreement_consent_ended", RefusalPhrases.Of("day_before", end), RefusalPhrases.Of("obtain_new_consent_and_put_new_version"))
            : Refuse(entry, "agreement_expired", RefusalPhrases.Of("day_before", end), RefusalPhrases.Of("put_new_version_of_agreement_in_force"));
    }

    private static AgreementMatch Refuse(Entry entry, string code, string expected, string remedy) =>
        new(entry.Agreement, entry.Service, new PolicyRefusal(code, "agreement", expected, RefusalPhrases.Of("agreement_version", entry.Agreement.Id, entry.Agreement.Version, entry.Agreement.Valid), remedy));

    private AgreementSuspension? Suspension(Agreement agreement, DateTimeOffset now)
    {
        if (agreement.Suspended is { } written && written.Covers(now))
        {
            return written;
        }

        return suspensions.TryGetValue(agreement.Id, out AgreementSuspension? ordered) && ordered.Covers(now) ? ordered : null;
    }

    private PolicyRefusal WhyNone(AgreementKey key)
    {
        string name = key.Service.ToString();
        if (blocked.TryGetValue(key, out AgreementBlock block))
        {
            string expected = RefusalPhrases.Of("one_sound_agreement_for_this");
            return block switch
            {
                AgreementBlock.Conflict => new PolicyRefusal("agreement_conflict", "agreement", expected, RefusalPhrases.Of("two_documents_for_same_days"), RefusalPhrases.Of("run_agreement_check_and_correct_document")),
                AgreementBlock.NotVouchedFor => new PolicyRefusal("agreement_invalid", "agreement", RefusalPhrases.Of("document_that_responsible_person_has"), RefusalPhrases.Of("sound_document_that_nobody_vouches_for"), RefusalPhrases.Of("have_its_digest_added_to_documents")),
                AgreementBlock.Version => new PolicyRefusal("agreement_invalid", "agreement", RefusalPhrases.Of("document_with_next_version"), RefusalPhrases.Of("one_with_version_that_has_counted"), RefusalPhrases.Of("give_new_text_next_version_and_have_it")),
                _ => new PolicyRefusal("agreement_invalid", "agreement", expected, RefusalPhrases.Of("document_with_faults"), RefusalPhrases.Of("run_agreement_check_and_correct_document")),
            };
        }

        if (parties.Contains((key.Own, key.Counterparty, key.Role)))
        {
            return new PolicyRefusal("service_not_listed", "service", RefusalPhrases.Of("service_that_agreement_with_lists", key.Counterparty), name, RefusalPhrases.Of("have_service_added_to_agreement_with_its"));
        }

        return new PolicyRefusal("no_agreement", "agreement", RefusalPhrases.Of("agreement_of_with", key.Own, key.Counterparty), RefusalPhrases.Of("none_that_we_have_as_for", key.Role == AgreementRole.Provider ? "provider" : "consumer", name), RefusalPhrases.Of("conclude_agreement_and_put_its_document"));
    }

    private DateTimeOffset Midnight(DateOnly day) => new(day, TimeOnly.MinValue, day == DateOnly.MinValue ? TimeSpan.Zero : Offset);

    private sealed record Entry(Agreement Agreement, AgreementService Service, DateTimeOffset From, DateTimeOffset Until);
}
