using System.Collections.Frozen;
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
                    ? Refuse(entry, "agreement_not_yet_valid", $"a day from {entry.Agreement.Valid.From:yyyy-MM-dd}", "Wait until the agreement begins, or agree on an earlier day.")
                    : Expired(past);
            }

            if (now < entry.Until)
            {
                return Suspension(entry.Agreement, now) is { } stop
                    ? Refuse(entry, "agreement_suspended", stop.Until is { } end ? $"a time from {end:yyyy-MM-ddTHH:mmzzz}" : "an agreement that is not suspended", "The exchange was stopped by the responsible person; ask the contact of the agreement.")
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
            ? Refuse(entry, "agreement_consent_ended", $"a day before {end:yyyy-MM-dd}", "Obtain a new consent and put a new version of the agreement in force.")
            : Refuse(entry, "agreement_expired", $"a day before {end:yyyy-MM-dd}", "Put a new version of the agreement in force.");
    }

    private static AgreementMatch Refuse(Entry entry, string code, string expected, string remedy) =>
        new(entry.Agreement, entry.Service, new PolicyRefusal(code, "agreement", expected, $"agreement {entry.Agreement.Id} version {entry.Agreement.Version}, {entry.Agreement.Valid}", remedy));

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
            const string Expected = "one sound agreement for this counterparty and service";
            return block switch
            {
                AgreementBlock.Conflict => new PolicyRefusal("agreement_conflict", "agreement", Expected, "two documents for the same days", "Run 'agreement check' and correct the document it names."),
                AgreementBlock.NotVouchedFor => new PolicyRefusal("agreement_invalid", "agreement", "a document that the responsible person has pinned or signed", "a sound document that nobody vouches for", "Have its digest added to 'Documents:PinnedAgreements', or sign the file; 'agreement status' and 'doctor' name it."),
                AgreementBlock.Version => new PolicyRefusal("agreement_invalid", "agreement", "a document with the next version", "one with a version that has counted already", "Give the new text the next version and have it vouched for; 'agreement status' names the document."),
                _ => new PolicyRefusal("agreement_invalid", "agreement", Expected, "a document with faults", "Run 'agreement check' and correct the document it names."),
            };
        }

        if (parties.Contains((key.Own, key.Counterparty, key.Role)))
        {
            return new PolicyRefusal("service_not_listed", "service", $"a service that the agreement with {key.Counterparty} lists", name, "Have the service added to the agreement with its fields; name and version are compared exactly.");
        }

        return new PolicyRefusal("no_agreement", "agreement", $"an agreement of {key.Own} with {key.Counterparty}", $"none that we have as {(key.Role == AgreementRole.Provider ? "provider" : "consumer")} for {name}", "Conclude an agreement and put its document in force.");
    }

    private DateTimeOffset Midnight(DateOnly day) => new(day, TimeOnly.MinValue, day == DateOnly.MinValue ? TimeSpan.Zero : Offset);

    private sealed record Entry(Agreement Agreement, AgreementService Service, DateTimeOffset From, DateTimeOffset Until);
}
