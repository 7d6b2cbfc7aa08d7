using System.Globalization;
using Tunduk.Archive.Keys;
using Tunduk.Archive.Sealing;
using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Erasures;

/// <summary>Seals an epoch: wraps the keys of what is left of it anew and destroys the key that older copies of the database need.</summary>
/// <remarks>
/// Order: next generation on disk → every record key under it, durable → a second look that finds none under the old one → the
/// entry → old generation destroyed → files cleaned. A crash anywhere leaves both generations, and both open.
/// </remarks>
internal sealed class EpochSealer(IArchiveStore store, FileKeyStore keys, LogWriter writer, Eraser eraser, TimeProvider time)
{
    private const int Slice = 500;

    // How long another adapter with the same keys may still use an epoch after the next one began: clocks differ.
    private static readonly TimeSpan OthersUseIt = TimeSpan.FromMinutes(10);

    /// <summary>Seals one epoch.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="switchKeys">Runs an action while no draft is between being sealed and being queued.</param>
    /// <param name="cancellationToken">Stops between slices.</param>
    public async Task<SealingResult> SealAsync(int epoch, Action<Action> switchKeys, CancellationToken cancellationToken)
    {
        SealingResult result = new() { Epoch = epoch };
        await eraser.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (keys.FindSeals(epoch).Count == 0)
            {
                return result with { Fault = new ArchiveFault(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Erasures.NoEpochNewest", epoch, keys.NewestSealEpoch), Phrases.Of("Erasures.NameEpochExists")) };
            }

            if (store.IsShared && (keys.EndOfSeal(epoch) is not { } end || time.GetUtcNow() - end <= OthersUseIt))
            {
                return result with { Fault = new ArchiveFault(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Erasures.EpochMayStillUse", epoch), Phrases.Of("Erasures.SealTenMinutesAfter")) };
            }

            switchKeys(() => keys.NextGeneration(epoch));

            // Whatever was sealed with the old key is committed before this returns.
            AppendResult barrier = await writer.EnqueueAsync(new Pending { Rewraps = [] }).ConfigureAwait(false);
            long survivors = barrier.IsDurable ? await RewrapAsync(epoch, cancellationToken).ConfigureAwait(false) : 0;
            if (!barrier.IsDurable || await RewrapAsync(epoch, cancellationToken).ConfigureAwait(false) != 0)
            {
                return result with { Fault = barrier.Fault ?? new ArchiveFault(ArchiveFaultCode.ArchiveBusy, Phrases.Of("Erasures.EpochStillBeingWritten", epoch), Phrases.Of("Erasures.SealAgain")) };
            }

            AppendResult entry = await writer.EnqueueAsync(new Pending
            {
                Prepared = Sealer.PrepareBare(new EntryDraft
                {
                    Kind = EntryKind.KeyChange,
                    Stage = "Archive",
                    Code = EntryCodes.EpochSealed,
                    Subject = string.Create(CultureInfo.InvariantCulture, $"epoch {epoch}\nsurvivors {survivors}"),
                }),
            }).ConfigureAwait(false);
            if (!entry.IsDurable)
            {
                return result with { Survivors = survivors, Fault = entry.Fault };
            }

            keys.DestroyOlder(epoch);
            DateTimeOffset destroyed = time.GetUtcNow();
            await eraser.CleanAsync(deep: true).ConfigureAwait(false);
            return result with { Survivors = survivors, DestroyedAt = destroyed, Entry = entry.Record };
        }
        catch (StoreException e)
        {
            return result with { Fault = e.ToFault() };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return result with { Fault = new ArchiveFault(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Erasures.KeyFileCannotWritten", e.Message), Phrases.Of("Erasures.CheckKeyFolder")) };
        }
        finally
        {
            eraser.Turn.Release();
        }
    }

    // The number of record keys that were under an older generation.
    private async Task<long> RewrapAsync(int epoch, CancellationToken cancellationToken)
    {
        long done = 0;
        for (long? after = 0; after is not null;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long from = after.Value;
            (IReadOnlyList<SealedKeyRow> rows, after) = store.Use(reader =>
            {
                IReadOnlyList<SealedKeyRow> found = reader.SealedKeys(epoch, from, Slice, out long? next);
                return (found, next);
            });
            List<StoreRewrap> rewraps = [.. rows.Select(row => Rewrap(epoch, row)).OfType<StoreRewrap>()];
            if (rewraps.Count > 0)
            {
                AppendResult stored = await writer.EnqueueAsync(new Pending { Rewraps = rewraps }).ConfigureAwait(false);
                done += stored.IsDurable ? rewraps.Count : throw new StoreException(stored.Fault!.Code, stored.Fault.Detail);
            }
        }

        return done;
    }

    private StoreRewrap? Rewrap(int epoch, SealedKeyRow row)
    {
        IReadOnlyList<EpochKey> generations = keys.FindSeals(epoch);
        Span<byte> recordKey = stackalloc byte[FileKeyStore.KeySize];
        if (!Unsealer.TryUnwrap(generations, row.Record.Log, row.SealId, row.Wrapped, recordKey, out int generation))
        {
            // Destroying the old key would not make it worse, but somebody should know first.
            throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Erasures.RecordKeyDoesNot", row.Record));
        }

        if (generation == generations[0].Generation)
        {
            return null;
        }

        Span<byte> aad = stackalloc byte[SealAad.KeySize];
        SealAad.Key(aad, row.Record.Log, row.SealId, epoch);
        byte[] next = generations[0].Wrap(recordKey, aad);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(recordKey);
        return new StoreRewrap(row.Record, row.Wrapped, next);
    }
}
