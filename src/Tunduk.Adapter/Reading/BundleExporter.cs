using System.Security.Cryptography;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Grants;
using Tunduk.Adapter.Signing;
using Tunduk.Archive;
using Tunduk.Evidence.Bundles;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Signing;
using ValueType = Tunduk.Evidence.Log.ValueType;

namespace Tunduk.Adapter.Reading;

// Over 300 lines: what goes into a bundle and what stays out, read together.

/// <summary>Makes evidence bundles: what the grant shows of what was found, with its proofs. A bundle is checked as a whole before it leaves.</summary>
/// <param name="archive">The archive.</param>
/// <param name="gate">The gate every look goes through.</param>
/// <param name="keys">The keys that sign checkpoints and manifests.</param>
/// <param name="folder">Where a bundle is put together; nothing stays there.</param>
/// <param name="clock">The clock.</param>
internal sealed class BundleExporter(IArchive archive, ArchiveGate gate, SigningKeys keys, string folder, TimeProvider clock)
{
    /// <summary>As many records go into one bundle; a larger search is taken in parts.</summary>
    public const int MostRecords = 1_000_000;

    private const int MostEvidence = 200;

    /// <summary>Makes a bundle; the caller sends and disposes it.</summary>
    public async Task<Outcome<ExportedBundle>> ExportAsync(Caller caller, ArchiveExportRequest request, CancellationToken cancellationToken)
    {
        var look = ArchiveQueries.ToLook(ArchiveAct.Export, request);
        if (ArchiveQueries.HasTwoScopes(request))
        {
            return await gate.DenyAsync(caller, look, ArchiveQueries.Bad(request.All ? "$.all" : "$.records", RefusalPhrases.Of("record_or_search"), RefusalPhrases.Of("both")));
        }

        if (!ArchiveQueries.ToQuery(request).TryGet(out var query, out var error) || !TryParse(request.Records, out var named, out error))
        {
            return await gate.DenyAsync(caller, look, error);
        }

        if (!(await gate.AdmitAsync(caller, look)).TryGet(out var admission, out error))
        {
            return error;
        }

        if (request.All && admission.Grant is not { System: true, Own: null, Counterparties: null, Services: null, EntriesFrom: null, EntriesUntil: null })
        {
            return await gate.DenyAsync(caller, look, new ExchangeError(ExchangeStage.Authorize, ExchangeCodes.GrantExceeded) { Path = "$.all", Expected = RefusalPhrases.Of("grant_over_every_entry_those_of_archive"), Found = admission.Grant?.Name });
        }

        // What is not there and what the grant does not cover are told alike; a bundle without it would say nothing of it.
        if (named is not null && await MissingAsync(named, admission, cancellationToken) is { Count: > 0 } missing)
        {
            return await gate.DenyAsync(caller, look, new ExchangeError(ExchangeStage.Validate, ExchangeCodes.RecordUnknown)
            {
                Path = "$.records",
                Expected = RefusalPhrases.Of("records_of_this_archive_within_grant"),
                Found = RefusalPhrases.Of("that_are_none", missing.Count, string.Join(", ", missing.Take(20))),
            });
        }

        try
        {
            var found = request.All ? [] : named ?? await FindAsync(ArchiveQueries.Within(query, admission.Grant), admission, cancellationToken);
            return found.Count == 0 && !request.All
                ? await gate.DenyAsync(caller, look, new ExchangeError(ExchangeStage.Validate, ExchangeCodes.RecordUnknown) { Path = "$", Expected = RefusalPhrases.Of("search_that_finds_something"), Found = RefusalPhrases.Of("nothing") })
                : await MakeAnewAsync(caller, request, admission, found, cancellationToken);
        }
        catch (Exception exception) when (exception is InvalidDataException or ErasedMeanwhileException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            var interrupted = exception is OperationCanceledException;
            return await gate.DenyAsync(caller, look, new ExchangeError(ExchangeStage.Encode, interrupted ? ExchangeCodes.Cancelled : ExchangeCodes.ExportFailed) { Path = "$", Expected = RefusalPhrases.Of("bundle"), Found = interrupted ? RefusalPhrases.Of("export_that_was_interrupted") : exception.Message });
        }
    }

    /// <summary>
    /// Sends a bundle that was made. False where it did not arrive whole, which is an entry then: whoever reads in the archive that it was
    /// taken along would be wrong.
    /// </summary>
    public async Task<bool> SendAsync(Caller caller, ArchiveExportRequest request, Func<Task> send)
    {
        try
        {
            await send();
            return true;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            await gate.DenyAsync(caller, ArchiveQueries.ToLook(ArchiveAct.Export, request), new ExchangeError(ExchangeStage.Encode, ExchangeCodes.Cancelled) { Path = "$", Expected = RefusalPhrases.Of("whole_bundle"), Found = RefusalPhrases.Of("one_that_was_cut_short") });
            return false;
        }
    }

    // What is erased while the bundle is made has its entry behind the bundle's checkpoint: it is made again with a later one.
    private async Task<Outcome<ExportedBundle>> MakeAnewAsync(Caller caller, ArchiveExportRequest request, Admission admission, List<RecordId> found, CancellationToken cancellationToken)
    {
        for (var left = 3; ; left--)
        {
            try
            {
                return await MakeAsync(caller, request, admission, found, cancellationToken);
            }
            catch (ErasedMeanwhileException) when (left > 1)
            {
                // The next try has a later checkpoint.
            }
        }
    }

    private async Task<Outcome<ExportedBundle>> MakeAsync(Caller caller, ArchiveExportRequest request, Admission admission, List<RecordId> found, CancellationToken cancellationToken)
    {
        Dictionary<LogId, SignedCheckpoint> checkpoints = [];
        foreach (var log in request.All ? [archive.Log] : found.Select(record => record.Log).Distinct())
        {
            if (await archive.CheckpointOfAsync(log, cancellationToken) is { } checkpoint)
            {
                checkpoints.Add(log, checkpoint);

                // So that the bundle can be judged when the certificate has expired; where no authority answers it says that the time is a claim.
                _ = await archive.StampAsync(checkpoint, cancellationToken);
            }
        }

        // Who signed the checkpoint signs the manifest, also while one key takes over from another.
        var signer = keys.SignerOf(checkpoints.GetValueOrDefault(archive.Log));
        var erasedBy = await ErasuresAsync(request.All ? null : [.. found], cancellationToken);
        Directory.CreateDirectory(folder);
        var output = Spool();
        try
        {
            long records = 0;
            using (var writer = new BundleWriter(output, folder, checkpoints, clock.GetUtcNow()))
            {
                foreach (var (log, checkpoint) in checkpoints)
                {
                    await foreach (var disclosed in DiscloseAsync(log, checkpoint, request.All, found, erasedBy, cancellationToken))
                    {
                        if (admission.Covers(disclosed.Entry) || request.All || IsErasure(disclosed.Entry))
                        {
                            Add(writer, disclosed, admission, erasedBy);
                            records++;
                        }
                    }
                }

                await AddEvidenceAsync(writer, signer, cancellationToken);
                await writer.CompleteAsync(await ManifestAsync(caller, request, admission, checkpoints, cancellationToken), [], signer, cancellationToken);
            }

            Check(output, cancellationToken);
            output.Seek(0, SeekOrigin.Begin);
            return new ExportedBundle(output, records, admission.Access.ToString());
        }
        catch
        {
            await output.DisposeAsync();
            throw;
        }
    }

    // Without a trust file: whether it is consistent. A message whose signature does not hold is evidence too and goes along.
    private void Check(FileStream output, CancellationToken cancellationToken)
    {
        output.Seek(0, SeekOrigin.Begin);
        var report = BundleVerifier.Verify(output, new BundleCheckOptions { Now = clock.GetUtcNow() }, cancellationToken);
        if (report.Findings.FirstOrDefault(finding => finding.Code != "message_signature") is { } wrong)
        {
            throw wrong.Code == "erasure_missing" ? new ErasedMeanwhileException() : new InvalidDataException(Phrases.Of("Reading.TheBundleDoesNotVerify", wrong.Code));
        }
    }

    private async IAsyncEnumerable<RecordDisclosure> DiscloseAsync(
        LogId log, SignedCheckpoint checkpoint, bool all, List<RecordId> found, Dictionary<RecordId, List<RecordId>> erasedBy, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!all)
        {
            // The entry that proves an erasure goes along with what it erased.
            SortedSet<long> indices = [.. found.Where(record => record.Log == log).Select(record => record.Index)];
            indices.UnionWith(found.SelectMany(record => erasedBy.GetValueOrDefault(record) ?? []).Where(record => record.Log == log).Select(record => record.Index).ToList());
            await foreach (var disclosed in archive.DiscloseAsync([.. indices.Select(index => new RecordId(log, index))], checkpoint, cancellationToken))
            {
                yield return disclosed;
            }

            yield break;
        }

        const int Piece = 10_000;
        if (checkpoint.Size > MostRecords)
        {
            throw new InvalidDataException(Phrases.Of("Reading.LogEntriesGoInto", checkpoint.Size, MostRecords));
        }

        for (long first = 0; first < checkpoint.Size; first += Piece)
        {
            RecordId[] piece = [.. Enumerable.Range(0, (int)Math.Min(Piece, checkpoint.Size - first)).Select(i => new RecordId(log, first + i))];
            await foreach (var disclosed in archive.DiscloseAsync(piece, checkpoint, cancellationToken))
            {
                yield return disclosed;
            }
        }
    }

    private static void Add(BundleWriter writer, RecordDisclosure disclosed, Admission admission, Dictionary<RecordId, List<RecordId>> erasedBy)
    {
        if (disclosed.State is SealState.Damaged or SealState.KeyMissing)
        {
            throw new InvalidDataException(Phrases.Of("Reading.SealedPartCannotOpened", disclosed.Record));
        }

        // What is not covered goes along as a bare entry: for completeness, or because it proves an erasure.
        var depth = admission.Covers(disclosed.Entry) ? admission.Depth : GrantDepth.Metadata;
        var parts = new List<ReadOnlyMemory<byte>>();
        var leaves = ShownDepth.Value(depth) && disclosed.Leaves.Count > 0 ? disclosed.Leaves.Select(leaf => Leaf(leaf, depth, disclosed.Entry, parts)).ToList() : null;
        var stated = ShownDepth.Names(depth) && !ShownDepth.Value(depth) && disclosed.Leaves.Count > 0
            ? disclosed.Leaves.Where(leaf => !leaf.Salt.IsEmpty).Select(leaf => new BundledStatement(
                leaf.Path, leaf.Presence.ToString().ToLowerInvariant(), depth == GrantDepth.Masked && leaf.Presence == ValuePresence.Present ? ShownDepth.Masked(leaf.Value.Span, leaf.Type) : null)).ToList()
            : null;
        writer.Add(
            new BundledRecord
            {
                Record = disclosed.Record.ToString(),
                Leaf = disclosed.Leaf.ToArray(),
                Proof = [.. disclosed.Proof.Select(hash => hash.ToArray())],
                Leaves = leaves,
                Sealed = disclosed.State.ToString().ToLowerInvariant(),
                ErasedBy = erasedBy.TryGetValue(disclosed.Record, out var by) ? by[0].ToString() : null, // the newest: it took what was left
                End = disclosed.End?.ToString(),
                Stated = stated,
            },
            parts);
    }

    private static BundledLeaf Leaf(DisclosedLeaf leaf, GrantDepth depth, LogEntry entry, List<ReadOnlyMemory<byte>> parts)
    {
        var isPart = leaf.Type == ValueType.Part;
        if (leaf.Salt.IsEmpty || (isPart ? !ShownDepth.Part(depth, entry) : !ShownDepth.Value(depth, leaf.Path)))
        {
            return new BundledLeaf { Hash = leaf.Hash.ToArray() };
        }

        if (isPart)
        {
            parts.Add(leaf.Value);
        }

        return new BundledLeaf
        {
            Hash = leaf.Hash.ToArray(),
            Salt = leaf.Salt.ToArray(),
            Path = leaf.Path,
            Type = leaf.Type,
            Presence = leaf.Presence,
            Value = isPart ? [] : leaf.Value.ToArray(),
            Payload = isPart ? leaf.Value.Length : null,
        };
    }

    private async Task<BundleManifest> ManifestAsync(Caller caller, ArchiveExportRequest request, Admission admission, Dictionary<LogId, SignedCheckpoint> checkpoints, CancellationToken cancellationToken)
    {
        List<BundledLog> logs = [];
        foreach (var (log, checkpoint) in checkpoints)
        {
            List<BundledConsistency> consistency = [];
            foreach (var size in (request.Against ?? []).Distinct())
            {
                if (await archive.ProveConsistencyAsync(log, size, checkpoint, cancellationToken) is { } path)
                {
                    consistency.Add(new BundledConsistency(size, [.. path.Select(hash => hash.ToArray())]));
                }
            }

            logs.Add(new BundledLog
            {
                Log = log.ToString(),
                Origin = checkpoint.Origin,
                Size = checkpoint.Size,
                Records = 0,
                First = request.All ? 0 : null,
                Last = request.All ? checkpoint.Size - 1 : null,
                Consistency = consistency.Count == 0 ? null : consistency,
            });
        }

        return new BundleManifest
        {
            Format = BundleFormat.Version,
            Made = default,
            Proves = request.All ? "all" : "included",
            Depth = admission.Depth.ToString().ToLowerInvariant(),
            Reader = caller.Name,
            Grant = admission.Grant?.Name,
            Access = admission.Access.ToString(),
            Logs = logs,
            Records = 0,
            Files = [],
            Salt = [],
        };
    }

    // The signer's certificate, and what the log keeps to judge it with: time-stamps, revocation data, chains.
    private async Task AddEvidenceAsync(BundleWriter writer, IMessageSigner signer, CancellationToken cancellationToken)
    {
        writer.Add(new BundledEvidence(BundledEvidence.Certificate, signer.Certificate.RawData));
        var page = await archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.CheckpointEvidence], PageSize = MostEvidence }, cancellationToken);
        foreach (var entry in page.Entries)
        {
            foreach (var part in (await archive.GetAsync(entry.Record, cancellationToken))?.Parts ?? [])
            {
                var kind = part.MediaType switch
                {
                    "application/timestamp-token" => BundledEvidence.Timestamp,
                    "application/ocsp-response" => BundledEvidence.Ocsp,
                    "application/pkix-crl" => BundledEvidence.RevocationList,
                    "application/pkix-cert" => BundledEvidence.Certificate,
                    _ => null,
                };
                if (kind is not null)
                {
                    writer.Add(new BundledEvidence(kind, part.Content.ToArray(), entry.Record.ToString()));
                }
            }
        }
    }

    private async Task<List<RecordId>> FindAsync(SearchQuery query, Admission admission, CancellationToken cancellationToken)
    {
        List<RecordId> found = [];
        query = query with { PageSize = 1000 };
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await archive.SearchAsync(query, cancellationToken);
            found.AddRange(page.Entries.Where(entry => admission.Covers(entry.Entry)).Select(entry => entry.Record));
            query = query with { After = page.Next };
        }
        while (query.After is not null && found.Count <= MostRecords);
        return found.Count <= MostRecords ? found : throw new InvalidDataException(Phrases.Of("Reading.SearchFindsMoreThan", MostRecords));
    }

    private async Task<List<RecordId>> MissingAsync(List<RecordId> named, Admission admission, CancellationToken cancellationToken)
    {
        List<RecordId> missing = [];
        foreach (var record in named.Distinct())
        {
            if (await archive.GetAsync(record, cancellationToken) is not { } found || !admission.Covers(found.Entry))
            {
                missing.Add(record);
            }
        }

        return missing;
    }

    // Of these records only, unless all are wanted: a purge of years names millions.
    private async Task<Dictionary<RecordId, List<RecordId>>> ErasuresAsync(HashSet<RecordId>? wanted, CancellationToken cancellationToken)
    {
        Dictionary<RecordId, List<RecordId>> erasedBy = [];
        var query = new SearchQuery { Kinds = [EntryKind.Erasure, EntryKind.RetentionRun], PageSize = 1000 };
        do
        {
            var page = await archive.SearchAsync(query, cancellationToken);
            foreach (var entry in page.Entries)
            {
                foreach (var line in ErasureLine.In(entry.Entry).Where(line => wanted?.Contains(line.Record) != false))
                {
                    if (!erasedBy.TryGetValue(line.Record, out var by))
                    {
                        erasedBy.Add(line.Record, by = []);
                    }

                    by.Add(entry.Record);
                }
            }

            query = query with { After = page.Next };
        }
        while (query.After is not null);
        return erasedBy;
    }

    private static bool IsErasure(LogEntry entry) => entry.Kind is EntryKind.Erasure or EntryKind.RetentionRun;

    private static bool TryParse(IReadOnlyList<string>? texts, out List<RecordId>? records, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out ExchangeError? error)
    {
        error = null;
        records = texts is null ? null : [];
        foreach (var text in texts ?? [])
        {
            if (records!.Count >= MostRecords || !RecordId.TryParse(text, out var record))
            {
                error = ArchiveQueries.Bad("$.records", RefusalPhrases.Of("record_ids"), RefusalPhrases.Of("another_text_or_too_many"));
                return false;
            }

            records.Add(record);
        }

        return true;
    }

    private FileStream Spool()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(Path.Combine(folder, $".export-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}"), options);
    }
}
