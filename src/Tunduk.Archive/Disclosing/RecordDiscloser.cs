using Tunduk.Archive.Sealing;
using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Disclosing;

/// <summary>Reads records together with what proves them, over one connection; the hashes of the tree are read once for many records.</summary>
internal sealed class RecordDiscloser(IStoreReader reader, Unsealer unsealer, LogRow log, SignedCheckpoint checkpoint, TileCache? known = null)
{
    private readonly CachedNodes nodes = new(reader.Nodes(log, checkpoint.Size, known));

    /// <summary>Null when there is no such record, or the checkpoint does not cover it.</summary>
    public RecordDisclosure? Disclose(RecordId record)
    {
        if (record.Log != log.Id || record.Index >= checkpoint.Size || reader.Leaf(record) is not { } leaf)
        {
            return null;
        }

        if (!EntryDecoder.TryDecode(leaf, out LogEntry? entry, out string? error))
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Disclosing.DoesNotDecode", record, error));
        }

        List<LogHash> path = MerkleProofBuilder.Inclusion(nodes, record.Index, checkpoint.Size);
        if (!MerkleProof.VerifyInclusion(MerkleHash.Leaf(leaf), record.Index, checkpoint.Size, [.. path], checkpoint.Root))
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Disclosing.ProofDoesNotHold", record));
        }

        Unsealed opened = unsealer.Open(entry!, reader.Seal(record), keepParts: true);
        return new RecordDisclosure
        {
            Record = record,
            Entry = entry!,
            Leaf = leaf,
            Proof = path,
            State = opened.State,
            Leaves = opened.Blob is { } blob ? [.. Leaves(blob, opened.Parts)] : [],
            End = entry!.Kind == EntryKind.Request ? reader.FindEnd(record)?.Record : null,
        };
    }

    // Parts were opened in the order of their slots.
    private static IEnumerable<DisclosedLeaf> Leaves(SealedBlob blob, IReadOnlyList<PayloadPart> parts)
    {
        int next = 0;
        foreach (SealedSlot slot in blob.Slots)
        {
            if (slot.Kind is SlotKind.Opaque or SlotKind.Erased)
            {
                yield return new DisclosedLeaf(slot.Opaque, default, "", default, default, default, slot.Kind == SlotKind.Erased);
                continue;
            }

            ReadOnlyMemory<byte> value = slot.Kind == SlotKind.Part ? parts[next++].Content : slot.Value;
            LogHash hash = Commitment.Leaf(slot.Salt.Span, System.Text.Encoding.UTF8.GetBytes(slot.Path), slot.Type, slot.Presence, value.Span);
            yield return new DisclosedLeaf(hash, slot.Salt, slot.Path, slot.Type, slot.Presence, value, IsErased: false);
        }
    }
}
