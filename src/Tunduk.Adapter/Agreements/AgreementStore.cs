using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Agreements;

/// <summary>
/// The agreements of the host. A reading of the folder is judged as a whole and becomes visible at once, by one
/// reference; exchanges never wait for it. What holds at every moment: the text that counts for a file is its
/// present text if that is sound, vouched for and in no conflict, else the last text that was.
/// </summary>
internal sealed class AgreementStore
{
    private readonly AgreementReader reader;
    private readonly TimeProvider time;
    private readonly LastGoodTexts lastGood;
    private readonly SuspensionFile suspensionFile;
    private readonly Lock gate = new();

    // Held for moments, inside of the gate or alone: an order never waits for a reading, however long that takes.
    private readonly Lock publishing = new();
    private AgreementStoreOptions options;
    private AgreementFolder folder;
    private Dictionary<string, AgreementSuspension> suspensions = new(StringComparer.Ordinal);
    private IReadOnlyCollection<KeyValuePair<AgreementKey, AgreementBlock>> blocked = [];
    private AgreementSnapshot current = AgreementSnapshot.Empty;
    private string fingerprint = string.Empty;
    private string orders = string.Empty;
    private bool opened;

    public AgreementStore(AgreementStoreOptions options, Func<ServiceId, ContractFields?>? contracts, TimeProvider time, Func<ClientId, IEnumerable<string>>? services = null)
    {
        this.options = options;
        this.time = time;
        reader = new AgreementReader(contracts, options.Offset, services);
        folder = new AgreementFolder(options, reader);
        lastGood = new LastGoodTexts(options.StateFolder);
        suspensionFile = new SuspensionFile(options.StateFolder);
    }

    /// <summary>The agreements now; taken once at the beginning of an exchange.</summary>
    public AgreementSnapshot Current => Volatile.Read(ref current);

    /// <summary>Finds the agreement in force now.</summary>
    public AgreementMatch Find(ClientId own, ClientId counterparty, ServiceId service, AgreementRole role) =>
        Current.Find(own, counterparty, service, role, time.GetUtcNow());

    /// <summary>
    /// Reads the folder if the names, sizes or times of its files differ from the last reading, and the stops that were ordered by a
    /// command beside this process; null: nothing new.
    /// </summary>
    public IReadOnlyList<AgreementChange>? ReloadIfChanged()
    {
        lock (gate)
        {
            return opened && folder.Fingerprint() == fingerprint && suspensionFile.Fingerprint() == orders ? null : Reload();
        }
    }

    /// <summary>Reads the folder. What changed is for the archive; what is wrong stands in <see cref="AgreementSnapshot.Documents"/>.</summary>
    /// <param name="contractsChanged">Documents already read are read again, since the names they list may mean something else.</param>
    public IReadOnlyList<AgreementChange> Reload(bool contractsChanged = false)
    {
        lock (gate)
        {
            IEnumerable<AgreementChange> ordered = TakeOrders();
            if (!opened)
            {
                ordered = [];
                lastGood.Load();
                opened = true;
            }

            if (contractsChanged)
            {
                folder.Forget();
            }

            string found = folder.Fingerprint();
            AgreementJudgement judgement = AgreementJudgement.Of(options, folder, lastGood);
            judgement.Save(lastGood);
            List<AgreementChange> changes = Changes(Current, judgement.Documents);
            lock (publishing)
            {
                blocked = judgement.Blocked;
                Publish(judgement.Documents);
            }

            fingerprint = found;
            return [.. changes, .. ordered];
        }
    }

    /// <summary>Takes another folder, other pins and signers, and contracts that may have changed, and reads everything by them. The state folder stays.</summary>
    public IReadOnlyList<AgreementChange> Take(AgreementStoreOptions changed)
    {
        lock (gate)
        {
            options = changed;
            folder = new AgreementFolder(changed, reader);
            fingerprint = string.Empty; // A reading that fails is made again at the next look.
            return Reload(contractsChanged: true);
        }
    }

    /// <summary>Stops the exchange under an agreement, at once or from a time on; it stays stopped across restarts.</summary>
    public AgreementChange Suspend(AgreementSuspension suspension)
    {
        lock (publishing)
        {
            SaveOrders(next => next[suspension.Agreement] = suspension);
            suspensions = new(suspensions, StringComparer.Ordinal) { [suspension.Agreement] = suspension };
            Publish(Current.Documents);
            return ChangeOf(AgreementChangeKind.Suspended, suspension.Agreement, suspension.By);
        }
    }

    /// <summary>Lifts a stop; null when there was none.</summary>
    public AgreementChange? Resume(string agreement, string by)
    {
        lock (publishing)
        {
            Dictionary<string, AgreementSuspension> next = new(suspensions, StringComparer.Ordinal);
            if (!next.Remove(agreement))
            {
                return null;
            }

            SaveOrders(all => all.Remove(agreement));
            suspensions = next;
            Publish(Current.Documents);
            return ChangeOf(AgreementChangeKind.Resumed, agreement, by);
        }
    }

    /// <summary>The stop that was ordered for an agreement at run time, also one that has not begun; null: there is none.</summary>
    public AgreementSuspension? SuspensionOf(string agreement)
    {
        lock (publishing)
        {
            return suspensions.GetValueOrDefault(agreement);
        }
    }

    /// <summary>The line for the archive about an agreement as it is now.</summary>
    public AgreementChange ChangeOf(AgreementChangeKind kind, string agreement, string? by)
    {
        AgreementStatus? document = Current.Documents.FirstOrDefault(d => d.Agreement?.Id == agreement);
        return new(kind, document?.File ?? string.Empty, agreement, document?.Agreement?.Version, document?.Agreement?.Digest, by);
    }

    private static List<AgreementChange> Changes(AgreementSnapshot before, IReadOnlyList<AgreementStatus> after)
    {
        Dictionary<string, AgreementStatus> old = before.Documents.ToDictionary(static d => d.File, StringComparer.Ordinal);
        List<AgreementChange> changes = [];
        foreach (AgreementStatus now in after)
        {
            old.Remove(now.File, out AgreementStatus? was);
            if (now.Agreement is null)
            {
                if (was is null || was.Agreement is not null)
                {
                    changes.Add(new(AgreementChangeKind.Blocked, now.File, was?.Agreement?.Id, was?.Agreement?.Version, was?.Agreement?.Digest, null));
                }
            }
            else if (was?.Agreement?.Digest != now.Agreement.Digest)
            {
                changes.Add(Of(AgreementChangeKind.PutInForce, now));
            }

            if (now.UsesLastGood && was?.UsesLastGood != true)
            {
                changes.Add(Of(AgreementChangeKind.KeptLastGood, now));
            }
        }

        changes.AddRange(old.Values.Where(static d => d.Agreement is not null).Select(static d => Of(AgreementChangeKind.Withdrawn, d)));
        return changes;
    }

    private static AgreementChange Of(AgreementChangeKind kind, AgreementStatus d) =>
        new(kind, d.File, d.Agreement!.Id, d.Agreement.Version, d.Agreement.Digest, d.ProvedBy);

    // What a command beside this process wrote since the last look stays, and is noticed at the next; what cannot be read is replaced
    // by what holds here.
    private void SaveOrders(Action<Dictionary<string, AgreementSuspension>> change)
    {
        Dictionary<string, AgreementSuspension> next;
        try
        {
            next = suspensionFile.Load();
        }
        catch (InvalidDataException)
        {
            next = new(suspensions, StringComparer.Ordinal);
        }

        change(next);
        suspensionFile.Save(next);
    }

    // Stops that were ordered, changed or lifted by somebody else since.
    private List<AgreementChange> TakeOrders()
    {
        lock (publishing)
        {
            string now = suspensionFile.Fingerprint();
            if (opened && now == orders)
            {
                return [];
            }

            Dictionary<string, AgreementSuspension> before = suspensions;
            suspensions = suspensionFile.Load();
            orders = now;
            Publish(Current.Documents);
            return
            [
                .. suspensions.Values.Where(order => before.GetValueOrDefault(order.Agreement) != order).Select(order => ChangeOf(AgreementChangeKind.Suspended, order.Agreement, order.By)),
                .. before.Values.Where(order => !suspensions.ContainsKey(order.Agreement)).Select(order => ChangeOf(AgreementChangeKind.Resumed, order.Agreement, by: null)),
            ];
        }
    }

    private void Publish(IReadOnlyList<AgreementStatus> documents) =>
        Volatile.Write(ref current, new AgreementSnapshot(documents, blocked, suspensions, options.Offset));
}
