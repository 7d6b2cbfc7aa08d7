using System.Globalization;
using Tunduk.Archive.Erasures;
using Tunduk.Archive.Heads;
using Tunduk.Archive.Keys;
using Tunduk.Archive.Sealing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Writing;

/// <summary>
/// Opens a store and holds it against the head store and the keys. The one path of start, reopening after a fault, and succession.
/// </summary>
internal sealed class LogOpener(
    ArchiveOptions options, Func<ILogStore> stores, HeadKeeper head, FileKeyStore keys, ICheckpointSigner signer, string? succeedReason)
{
    /// <summary>The erasure journal: a succession says how many lines of it are lost. Null where there is none.</summary>
    public ErasureJournal? Journal { get; init; }

    private string? beginSubject;
    private bool succeeded;

    /// <summary>The checkpoint key the log names last. Its change is an entry of the publisher's, before a checkpoint is signed with another one.</summary>
    public LogKey? NamedKey { get; private set; }

    public (ILogStore Store, StoreState State) Open()
    {
        ILogStore store = stores();
        try
        {
            StoreState? found = store.OpenAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
            HeadState? known = head.Current;
            if (succeedReason is not null && !succeeded)
            {
                found = Succeed(store, found, known, succeedReason);
                succeeded = true;
            }
            else
            {
                found = found is null ? Begin(store, known) : Compare(found, known);
            }

            if (found.NewestEpoch > keys.NewestSealEpoch)
            {
                throw new StoreException(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Writing.NewestRecordSealedEpoch", found.NewestEpoch, keys.NewestSealEpoch));
            }

            if (found.NewestEpoch > 0 && keys.MissingIndexEpoch is { } missing)
            {
                throw new StoreException(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Writing.IndexKeyMissing", missing)) { Remedy = Phrases.Of("Writing.PutIndexKeyBack") };
            }

            NamedKey = found.NamedKey;
            return (store, found);
        }
        catch
        {
            store.LeaveAsFound();
            store.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw;
        }
    }

    /// <summary>What the log must say before anything else: that it begins; and a checkpoint the database lost.</summary>
    public IEnumerable<Pending> FirstEntries(StoreState state)
    {
        if (head.Current?.Checkpoint is { } note && CheckpointNote.TryParse(note, out SignedCheckpoint? lost)
            && state.NewestCheckpoints.All(c => c.Note != note) && lost!.Origin == state.Origin)
        {
            yield return new Pending { Checkpoint = lost };
        }

        if (state.Size == 0)
        {
            NamedKey = LogKey.Of(signer);
            yield return new Pending
            {
                Prepared = Sealer.PrepareBare(new EntryDraft
                {
                    Kind = EntryKind.ConfigurationChange,
                    Stage = "Archive",
                    Code = EntryCodes.LogBegun,
                    Subject = $"format 1\norigin {state.Origin}\nalgorithm {signer.Algorithm}\nkey {Convert.ToBase64String(signer.PublicKey.Span)}\n{beginSubject}",
                }),
            };
        }
    }

    private StoreState Begin(ILogStore store, HeadState? known)
    {
        if (known is { Size: > 0 })
        {
            throw new StoreException(ArchiveFaultCode.ArchiveRolledBack, Phrases.Of("Writing.HeadStoreKnowsEntries", known.Size, known.Log));
        }

        // The head comes first: a crash here leaves a head of size 0, which an empty database fits.
        LogId log = known?.Log ?? LogId.New();
        if (known is null)
        {
            head.Replace(new HeadState(log, 1, 0, MerkleHash.EmptyRoot, null));
        }

        return Create(store, log, newestEpoch: 0);
    }

    private StoreState Create(ILogStore store, LogId log, int newestEpoch, IReadOnlyList<OpenRequest>? openRequests = null, DateTimeOffset? lastTime = null)
    {
        string origin = $"{options.OriginPrefix}/{log}";
        store.CreateLogAsync(log, origin, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return new StoreState(log, origin, 0, lastTime ?? DateTimeOffset.UnixEpoch, new LogTree(), openRequests ?? [], [], newestEpoch, new NoNodes(), null);
    }

    private static StoreState Compare(StoreState found, HeadState? known)
    {
        if (known is null)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveRolledBack, Phrases.Of("Writing.DatabaseHoldsEntriesHead", found.Size));
        }

        if (known.Log != found.Log)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveRolledBack, Phrases.Of("Writing.DatabaseNewestLogHead", found.Log, known.Log));
        }

        if (found.Size < known.Size)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveRolledBack, Phrases.Of("Writing.DatabaseHoldsEntriesHeadStore", found.Size, known.Size));
        }

        if (MerkleProofBuilder.Root(found.Nodes, known.Size) != known.Root)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveRolledBack, Phrases.Of("Writing.FirstEntriesDatabaseNot", known.Size));
        }

        return found;
    }

    private StoreState Succeed(ILogStore store, StoreState? found, HeadState? known, string reason)
    {
        long from = found is null || known is null || found.Log != known.Log ? 0 : Math.Min(found.Size, known.Size);
        if (from > 0 && from == known!.Size && MerkleProofBuilder.Root(found!.Nodes, from) != known.Root)
        {
            from = 0; // other entries than the head store knows: nobody can say from where on
        }

        if (Journal is not null && store.FindAppliedAsync(Journal.Id, CancellationToken.None).AsTask().GetAwaiter().GetResult() is var seen && seen > Journal.Lines)
        {
            Journal.Renew(seen);
        }

        string lost = known is not null && known.Size > from ? $"{from}-{known.Size - 1}" : "none";
        string clean = string.Concat(reason.Where(static c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(500));
        beginSubject = string.Create(CultureInfo.InvariantCulture,
            $"succeeds {known?.Log.ToString() ?? found?.Log.ToString() ?? "unknown"}\nlost {lost}\nreason {clean}\n{(Journal is { Lost: > 0 } ? $"erasures lost {Journal.Lost}\n" : "")}head {known?.Size ?? 0} {known?.Root.ToBase64() ?? "-"}\n{known?.Checkpoint}");
        LogId log = LogId.New();
        head.Replace(new HeadState(log, (known?.Version ?? 0) + 1, 0, MerkleHash.EmptyRoot, null));
        return Create(store, log, found?.NewestEpoch ?? 0, found?.OpenRequests, found?.LastTime);
    }

    private sealed class NoNodes : INodeSource
    {
        public LogHash Node(int level, long index) => throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Writing.LogEmpty"));
    }
}
