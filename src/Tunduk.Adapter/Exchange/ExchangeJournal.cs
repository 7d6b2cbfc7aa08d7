using System.Collections.Frozen;
using System.Security.Cryptography;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Retention;
using Tunduk.Adapter.Signing;
using Tunduk.Archive;
using Tunduk.Evidence.Bundles;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Contracts.Outcomes;
using ValueType = Tunduk.Evidence.Log.ValueType;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// Writes an exchange's entries. What may be shown or sent follows from the answer here: an append that is not durable
/// means that nothing leaves.
/// </summary>
/// <remarks>Over 300 lines: what an entry says of an exchange, whatever its end, is to be read in one place.</remarks>
internal sealed partial class ExchangeJournal(IArchive archive, TimeProvider clock, TimeSpan retry, EntryFlags always, int maxDepth, Func<ArchivingList?> archivingList, ILogger<ExchangeJournal> log)
{
    /// <summary>Outcome code of an entry that is no refusal.</summary>
    public const string OkCode = "ok";

    /// <summary>Outcome code of a dry run that would have been sent.</summary>
    public const string DryRunCode = "dry_run";

    /// <summary>Code of an answer given once more to a repeated request.</summary>
    public const string RepeatCode = EntryCodes.Repeated;

    /// <summary>What an entry of a dry run is about.</summary>
    public const string DryRunSubject = "dry-run";

    public const string RuleName = "$refusal/rule";
    public const string PathName = "$refusal/path";
    public const string ExpectedName = "$refusal/expected";
    public const string SendersNameName = "$refusal/sendersName";
    public const string FoundName = "$refusal/found";

    /// <summary>The remedy, where it is not the code's own.</summary>
    public const string RemedyName = "$refusal/remedy";
    public const string TraceName = "$refusal/trace";

    /// <summary>Explanations of a refusal, each a value of its own: <c>$refusal/detail[0]</c>.</summary>
    public const string DetailName = "$refusal/detail";

    /// <summary>What was found out about a signature that verified: algorithm, times, what is covered, signer, evidence.</summary>
    public const string VerifiedName = "$signature/verified";

    /// <summary>Payload part with the exact signed envelope.</summary>
    public const string MessagePart = "message";

    /// <summary>Payload part with the detached signature over <see cref="MessagePart"/>.</summary>
    public const string DetachedPart = "signature-detached";

    /// <summary>Payload part with what a detached signature is over where that is not the message (REST).</summary>
    public const string SignatureBasePart = ArchivedMessage.BasePart;

    /// <summary>Payload part with the signature of a message that is not kept whole.</summary>
    public const string SignaturePart = "signature";

    /// <summary>
    /// What came in, where fields were removed from it and it is not kept: salt (32 bytes) and root of a commitment to its exact bytes. Whoever has
    /// kept them can show with it that these were they. It goes with every field it covers, and is shown as evidence only: a short field could be
    /// found by trying (proto/ENTRY-FORMAT.md §3).
    /// </summary>
    public const string ReceivedName = "$digest/received";

    private const string FaultName = "$fault";

    // Refusals after the first append that say for sure that the information system did nothing.
    private static readonly FrozenSet<string> NotExecuted = FrozenSet.ToFrozenSet([ExchangeCodes.InformationSystemUnreachable, ExchangeCodes.InformationSystemRefused], StringComparer.Ordinal);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);

    /// <summary>The first append: durable before anything leaves or reaches the own information system.</summary>
    public async Task<Outcome<AppendResult>> RequestAsync(ExchangeRun run, MessageRecord message, IReadOnlyList<Claim> claims)
    {
        run.RequestSize = message.Envelope.Length;
        (run.RequestMimeSize, run.RequestAttachments) = Mime(message);
        var draft = Message(run, EntryKind.Request, message) with { Stage = "append", Code = OkCode, Claims = claims };
        var result = await archive.AppendAsync(draft, CancellationToken.None);

        // Commit point: from here on the request is in the log, and recovery gives it an end if this process dies.
        if (result.Outcome == AppendOutcome.Appended)
        {
            run.Request = result.Record;
            return result;
        }

        if (result.Outcome != AppendOutcome.Claimed)
        {
            return NotLogged(result);
        }

        if (result.Existing?.Kind != MessageVerification.MessageIdClaim)
        {
            return new ExchangeError(ExchangeStage.Verify, ExchangeCodes.MessageReplayed) { Path = "Header/Security", Expected = RefusalPhrases.Of("signed_message_not_seen_before"), Found = RefusalPhrases.Of("one_that_is_in_archive") };
        }

        run.Repeats();
        return Repeat(ExchangeCodes.MessageIdRepeated, RefusalPhrases.Of("message_id_not_used_before_as_agreement"), RefusalPhrases.Of("one_that_is_in_archive"));
    }

    /// <summary>
    /// The second append, tried until <c>Limits:ArchiveRetry</c> is over: the exchange has happened, so giving up at
    /// once would lose an answer that could be kept.
    /// </summary>
    public async Task<AppendResult> ResponseAsync(ExchangeRun run, MessageRecord message)
    {
        run.ResponseSize = message.Envelope.Length;
        (run.ResponseMimeSize, run.ResponseAttachments) = Mime(message);
        var draft = Message(run, EntryKind.Response, message) with { Stage = "append", Code = message.FaultCode is not null ? ExchangeCodes.ProviderFault : run.Business is { } outcome ? OutcomeRules.Name(outcome) : OkCode, Link = run.Request };
        return await AppendEndAsync(draft);
    }

    /// <summary>Notes that an answer was given once more.</summary>
    public ValueTask<AppendResult> RepeatAsync(ExchangeRun run, RecordId request) =>
        archive.AppendAsync(Draft(run, EntryKind.ArchiveAccess) with { Stage = RefusalMapping.StageName(ExchangeStage.Append), Code = RepeatCode, Facts = [SealedValue.Text("$record", request.ToString())] }, CancellationToken.None);

    /// <summary>Notes a dry run that passed every stage: who would have asked what about whom is not kept, only that it was tried.</summary>
    public ValueTask<AppendResult> DryRunAsync(ExchangeRun run) =>
        archive.AppendAsync(Draft(run, EntryKind.Refusal) with { Stage = RefusalMapping.StageName(ExchangeStage.Forward), Code = DryRunCode }, CancellationToken.None);

    /// <summary>Ends the exchange with a refusal: an entry of its own, or the end of the request's entry.</summary>
    /// <param name="run">The exchange.</param>
    /// <param name="error">Why it ends.</param>
    /// <param name="faultCode">Code of the fault that was the answer.</param>
    /// <param name="arrived">
    /// The message that did not pass verification. It is kept, for depth <c>evidence</c> alone, where the agreement says <c>keepFailed: evidence</c>.
    /// LIMIT: nobody has read it, so it is found by exchange and not by the persons in it, and an erasure by person takes it only where the request has been archived.
    /// </param>
    /// <returns>The entry, or null where the archive itself fails.</returns>
    public async Task<RecordId?> RefusalAsync(ExchangeRun run, ExchangeError error, string? faultCode = null, PayloadPart? arrived = null)
    {
        PayloadPart? kept = error.Stage == ExchangeStage.Verify && run.Agreement is { Archive.KeepFailed: true } ? arrived : null;
        var values = new List<SealedValue>();
        AddText(values, RuleName, error.Rule);
        AddText(values, PathName, error.Path);
        AddText(values, SendersNameName, error.HasSendersName ? "path" : null);
        AddText(values, ExpectedName, error.Expected);
        AddText(values, FoundName, error.Found);
        AddText(values, RemedyName, error.Remedy);
        AddText(values, TraceName, run.TraceId);
        foreach (var (detail, at) in (error.KeepDetails ? error.Details : []).Select((detail, at) => (detail, at)))
        {
            AddText(values, $"{DetailName}[{at}]", detail);
        }

        AddText(values, FaultName, faultCode);
        var unknown = error.OutcomeUnknown && run.Request is not null;
        var draft = Draft(run, unknown ? EntryKind.OutcomeUnknown : EntryKind.Refusal) with
        {
            Stage = RefusalMapping.StageName(error.Stage),
            Code = error.Code,
            Link = run.Request,
            Facts = values,
            Parts = kept is { } part ? [part] : [],
            MessageSize = kept?.Content.Length,
            Signature = error.Stage == ExchangeStage.Verify ? SignatureStatus.Failed : SignatureStatus.Absent,
        };
        var result = run.Request is null ? await archive.AppendAsync(draft, CancellationToken.None) : await AppendEndAsync(draft);
        if (kept is not null && result.Outcome == AppendOutcome.Failed)
        {
            // That it was refused counts more than what it was: space may be short.
            result = await archive.AppendAsync(draft with { Parts = [] }, CancellationToken.None);
        }

        if (result.Outcome is AppendOutcome.Appended or AppendOutcome.AlreadyEnded)
        {
            return result.Record;
        }

        LogRefusalNotArchived(error.Code, result.Fault?.Name);
        return null;
    }

    /// <summary>
    /// Refuses a repeat of a request that is under way, or that the information system executed and whose answer never left.
    /// One whose answer left, or that never reached the information system, may be asked again: constant ids are the commonest
    /// fault in the field; the repeat is recorded.
    /// </summary>
    public async Task<ExchangeError?> RefuseRepeatAsync(ExchangeRun run, ClaimState? existing)
    {
        if (existing is null)
        {
            return null;
        }

        run.Repeats();
        if (existing.Kind == MessageVerification.MessageIdClaim)
        {
            return null; // Another request under the same id.
        }

        if (existing.End is not { } end)
        {
            return Repeat(ExchangeCodes.MessageIdRepeated, RefusalPhrases.Of("message_id_that_is_not_under_way"), RefusalPhrases.Of("one_that_is"));
        }

        // An end that cannot be read says nothing for a second side effect.
        var executed = existing.EndKind == EntryKind.OutcomeUnknown
            || (existing.EndKind == EntryKind.Refusal && !NotExecuted.Contains((await archive.GetAsync(end, CancellationToken.None))?.Entry.Code ?? ""));
        return executed
            ? Repeat(ExchangeCodes.ExecutedNotArchived, RefusalPhrases.Of("request_not_executed_before"), RefusalPhrases.Of("one_that_was_or_may_have_been_and_whose"))
            : null;
    }

    /// <summary>The refusal for what nobody foresaw after the request was archived; its text, which may hold a value, goes nowhere.</summary>
    public ExchangeError Unforeseen(ExchangeRun run, Exception exception)
    {
        LogUnforeseen(run.Request?.ToString(), exception.GetType().FullName, new System.Diagnostics.StackTrace(exception, fNeedFileInfo: false).ToString());
        return ExchangeError.Unforeseen(exception, run.ForwardBegan is not null);
    }

    /// <summary>The refusal that says why the archive took nothing.</summary>
    public static ExchangeError NotLogged(AppendResult result) => new(ExchangeStage.Append, ExchangeCodes.LoggingFailed)
    {
        Path = "Archive",
        Expected = RefusalPhrases.Of("durable_entry"),
        Found = result.Fault?.Name,
        Remedy = result.Fault?.Remedy,
    };

    private static ExchangeError Repeat(string code, string expected, string found) =>
        new(ExchangeStage.Append, code) { Path = "Header/id", Expected = expected, Found = found };

    private async Task<AppendResult> AppendEndAsync(EntryDraft draft)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            // The same draft object: an append whose answer was lost is recognised and not written twice.
            var result = await archive.AppendAsync(draft, CancellationToken.None);
            if (result.Outcome != AppendOutcome.Failed || result.Fault?.Code == ArchiveFaultCode.DraftInvalid || clock.GetElapsedTime(started) + RetryPause > retry)
            {
                return result;
            }

            LogRetry(draft.Kind, result.Fault?.Name);
            await Task.Delay(RetryPause, clock);
        }
    }

    private static (long? Bytes, int Parts) Mime(MessageRecord message) =>
        message.Multipart is { Parts.Count: > 0 and var count } whole ? (message.Envelope.Length + whole.Parts.Sum(part => part.Length), count) : (null, 0);

    private EntryDraft Message(ExchangeRun run, EntryKind kind, MessageRecord message)
    {
        var content = ContentOf(run);
        var draft = Draft(run, kind) with
        {
            MessageSize = message.Envelope.Length + (message.Multipart?.Parts.Sum(part => part.Length) ?? 0) + (message.Spooled?.Length ?? 0),
            FilteredSize = message.Body.Length,
            Signature = message.Signature,
            CertificateSha256 = message.CertificateSha256,
            Flags = run.Flags | always | (message.Removed.Count > 0 ? EntryFlags.FieldsRemoved : EntryFlags.None),
        };
        var values = new List<SealedValue>(32);
        var parts = new List<PayloadPart>(2);
        if (content != ArchiveContent.None)
        {
            // The address of a REST message first: path/1, query/name.
            JsonLeaves.Add(values, message.Address.Span, maxDepth);
            JsonLeaves.Add(values, message.Body.Span, maxDepth);
            AddParts(parts, message, content);
        }

        if (!message.Answer.IsEmpty)
        {
            parts.Add(new PayloadPart(RepeatedRequests.AnswerPart, "application/json", message.Answer));
        }

        parts.AddRange(run.Evidence);
        run.Evidence = []; // It belongs to the message that was verified, not to our own.
        values.AddRange(message.Removed.Select(field => SealedValue.Removed(field.Path)));
        var facts = new List<SealedValue>();
        AddText(facts, FaultName, message.FaultCode);
        AddText(facts, VerifiedName, run.Verified);
        run.Verified = null;
        if (!message.PeerCheckpoint.IsEmpty)
        {
            facts.Add(SealedValue.Binary(GivenHistory.PeerCheckpoint, message.PeerCheckpoint));
        }

        if (message.RemovedAfterReceipt && content == ArchiveContent.Filtered)
        {
            facts.Add(SealedValue.Binary(ReceivedName, ReceivedCommitment(message.Envelope.Span)));
        }

        AddAttachments(facts, message);
        if (kind == EntryKind.Request && run.Repeat is { } repeat)
        {
            facts.Add(SealedValue.Binary(RepeatedRequests.DigestName, repeat.Sha256));
        }

        var persons = content == ArchiveContent.None
            ? PersonFinder.Find(run.Terms, message.Address.Span, message.Body.Span, maxDepth)
            : PersonFinder.Find(run.Terms, values);
        return draft with { Values = values, Facts = facts, Parts = parts, Persons = persons };
    }

    private static byte[] ReceivedCommitment(ReadOnlySpan<byte> arrived)
    {
        var salt = RandomNumberGenerator.GetBytes(Commitment.SaltSize);
        return [.. salt, .. Commitment.Leaf(salt, "$received"u8, ValueType.Part, ValuePresence.Present, arrived).ToArray()];
    }

    // LIMIT: of an attachment the archive keeps name, type, size and digest, not the content: README "What does not work yet".
    private static void AddAttachments(List<SealedValue> facts, MessageRecord message)
    {
        foreach (var (part, at) in (message.Multipart?.Parts ?? []).Select((part, at) => (part, at)))
        {
            var path = $"$attachment[{at}]";
            AddText(facts, path + "/id", part.ContentId);
            AddText(facts, path + "/name", part.FileName);
            AddText(facts, path + "/type", part.Headers.ContentType.Type);
            AddText(facts, path + "/bytes", part.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
            facts.Add(SealedValue.Binary(path + "/sha256", part.Sha256));
        }

        if (message.Spooled is { } body)
        {
            AddText(facts, "$attachment[0]/name", "body");
            AddText(facts, "$attachment[0]/bytes", body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
            facts.Add(SealedValue.Binary("$attachment[0]/sha256", body.Sha256));
        }
    }

    private static void AddParts(List<PayloadPart> parts, MessageRecord message, ArchiveContent content)
    {
        if (!message.RemovedAfterReceipt || content == ArchiveContent.AsReceived)
        {
            // The SOAP part of a message with attachments is no whole message: its signature covers what is not kept.
            var mediaType = message.Multipart is { Parts.Count: > 0 } ? "multipart/related" : message.MediaType;
            parts.Add(new PayloadPart(MessagePart, mediaType, message.Envelope));
            if (!message.DetachedSignature.IsEmpty)
            {
                parts.Add(new PayloadPart(DetachedPart, "application/pkcs7-signature", message.DetachedSignature));
            }

            if (!message.SignatureBase.IsEmpty)
            {
                parts.Add(new PayloadPart(SignatureBasePart, "text/plain; charset=us-ascii", message.SignatureBase));
            }
        }
        else if (!message.SignatureParts.IsEmpty)
        {
            parts.Add(new PayloadPart(SignaturePart, "application/xml", message.SignatureParts));
        }
    }

    /// <summary>
    /// What is kept of the messages of an exchange: what the owner's archiving list says of its agreement and service, else what the agreement
    /// says. One list for the whole exchange, and its version in each of its entries.
    /// </summary>
    public ArchiveContent ContentOf(ExchangeRun run) => run.Agreement is not { } agreement ? ArchiveContent.None
        : ListOf(run)?.For(agreement.Id, run.Service?.ToString())?.Content ?? agreement.Archive.Content;

    private ArchivingList? ListOf(ExchangeRun run)
    {
        if (!run.ListIsRead)
        {
            run.List = archivingList();
            run.ListIsRead = true;
        }

        return run.List;
    }

    private EntryDraft Draft(ExchangeRun run, EntryKind kind) => new()
    {
        Kind = kind,
        Role = run.Direction == ExchangeDirection.Consumer ? ExchangeRole.Consumer : ExchangeRole.Provider,
        Flags = run.Flags | always,
        EventTime = kind == EntryKind.Request ? run.Arrived : clock.GetUtcNow(),
        Counterparty = run.Counterparty?.ToString(),
        OwnSubsystem = run.Own?.ToString(),
        Service = run.Service?.ToString(),
        Subject = run.IsDryRun ? DryRunSubject : null,
        Agreement = run.Agreement?.Id,
        AgreementVersion = run.Agreement?.Version,
        ArchivingListVersion = ListOf(run)?.Version,
        UserId = run.Headers?.UserId,
        Basis = run.Headers?.Issue,
        MessageId = run.Headers?.Id,
        RepresentedParty = run.Headers?.RepresentedParty?.ToString(),
    };

    private static void AddText(List<SealedValue> values, string path, string? text)
    {
        if (text is not null)
        {
            values.Add(SealedValue.Text(path, text));
        }
    }

    [LoggerMessage(1101, LogLevel.Error, "A refusal {Code} could not be archived: {Fault}")]
    private partial void LogRefusalNotArchived(string code, string? fault);

    [LoggerMessage(1103, LogLevel.Error, "The exchange {Record} failed in a way nobody foresaw: {Type}\n{Stack}")]
    private partial void LogUnforeseen(string? record, string? type, string stack);

    [LoggerMessage(1102, LogLevel.Warning, "An end ({Kind}) could not be archived yet: {Fault}; trying again")]
    private partial void LogRetry(EntryKind kind, string? fault);
}
