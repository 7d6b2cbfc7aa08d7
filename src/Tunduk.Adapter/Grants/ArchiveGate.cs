using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Reading;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Grants;

/// <summary>
/// The one gate before the archive: API, gRPC and command line come through here. Nothing is answered before the look is an entry, and
/// what is refused is an entry too.
/// </summary>
internal sealed class ArchiveGate(OwnerDocuments documents, ApprovalChecker approvals, IArchive archive, TimeProvider clock)
{
    /// <summary>Claim on an approval: exclusive, so that a second use is refused by the append itself.</summary>
    public const string ApprovalClaim = "approval";

    private const int LongestText = 500;
    private const int ShortestNonce = 16;

    /// <summary>Admits a look and archives it, or refuses it and archives that.</summary>
    public async Task<Outcome<Admission>> AdmitAsync(Caller caller, Look look)
    {
        if (!(await JudgeAsync(caller, look)).TryGet(out Judgement? judged, out ExchangeError? error))
        {
            return await DenyAsync(caller, look, error);
        }

        if (judged.Approver is { } approver && await ApproveAsync(caller, look, judged.Grant!, approver) is { } spent)
        {
            return await DenyAsync(caller, look, spent);
        }

        List<SealedValue> facts = Facts(caller, look, judged.Grant);
        facts.Add(SealedValue.Text("$depth", Word(judged.Depth)));
        if (judged.Approver is not null)
        {
            facts.Add(SealedValue.Text("$approver", judged.Approver));
        }

        AppendResult result = await archive.AppendAsync(Draft(Word(look.Act), facts, look), CancellationToken.None);
        return result.IsDurable ? new Admission(judged.Grant, judged.Depth, result.Record!.Value, judged.Approver) : NotLogged(result);
    }

    /// <summary>Archives a refusal; the refusal to answer with. Who has not the role is told that, whatever else is wrong.</summary>
    public Task<ExchangeError> DenyAsync(Caller caller, Look look, ExchangeError error) => AppendDenialAsync(caller, look, WrongRole(caller, look.Act) ?? error);

    /// <summary>The same for a look that could not be read: what was to be done is all that is known of it.</summary>
    public Task<ExchangeError> DenyAsync(Caller caller, ArchiveAct act, ExchangeError error) =>
        AppendDenialAsync(caller, new Look { Act = act, Access = new ArchiveAccess(), Canonical = ReadOnlyMemory<byte>.Empty }, error);

    private async Task<ExchangeError> AppendDenialAsync(Caller caller, Look look, ExchangeError error)
    {
        List<SealedValue> facts = Facts(caller, look, null);
        facts.Add(SealedValue.Text("$act", Word(look.Act)));
        facts.Add(SealedValue.Text("$denied", $"{error.Path}: {error.Found}"));
        AppendResult result = await archive.AppendAsync(Draft(error.Code, facts, look), CancellationToken.None);
        return result.IsDurable ? error : NotLogged(result);
    }

    private sealed record Judgement(Grant? Grant, GrantDepth Depth, string? Approver);

    // Operations learn why an exchange failed, from codes and names; that needs the role and no grant.
    private static ExchangeError? WrongRole(Caller caller, ArchiveAct act) =>
        caller.Has("auditor") || (act == ArchiveAct.Explain && caller.Has("operations")) ? null
        : new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.CallerNotPermitted) { Path = "Callers:Roles", Expected = act == ArchiveAct.Explain ? RefusalPhrases.Of("role_operations_or_auditor") : RefusalPhrases.Of("role_auditor"), Found = RefusalPhrases.Of("other_roles") };

    private async Task<Outcome<Judgement>> JudgeAsync(Caller caller, Look look)
    {
        if ((WrongRole(caller, look.Act) ?? CheckTexts(look)) is { } wrong)
        {
            return wrong;
        }

        if (!caller.Has("auditor"))
        {
            return new Judgement(null, GrantDepth.Names, null);
        }

        if (!Choose(caller, look).TryGet(out Grant? grant, out ExchangeError? error))
        {
            return error;
        }

        if (Exceeds(grant, look) is { } exceeded)
        {
            return exceeded;
        }

        GrantDepth depth = look.Access.Depth ?? (grant.Depth == GrantDepth.Evidence ? GrantDepth.Full : grant.Depth);
        bool needed = grant.SecondPerson.Contains(look.Act) || depth == GrantDepth.Evidence;
        if (!needed || look.ContinuesUnder is not null)
        {
            return new Judgement(grant, depth, null);
        }

        if (look.Access is { Nonce: null, Approval: null })
        {
            return new ExchangeError(ExchangeStage.Authorize, ExchangeCodes.ApprovalMissing)
            {
                Path = "$.approval",
                Expected = RefusalPhrases.Of("approval_of_second_person_with_nonce", grant.Name),
                Found = RefusalPhrases.Of("none"),
            };
        }

        if (look.Access.Nonce is not { Length: >= ShortestNonce })
        {
            return new ExchangeError(ExchangeStage.Validate, ExchangeCodes.QueryInvalid) { Path = "$.nonce", Expected = RefusalPhrases.Of("at_least_random_characters_so_that", ShortestNonce), Found = RefusalPhrases.Of("fewer") };
        }

        ApprovalStatement expected = new(Word(look.Act), caller.Name, grant.Name, ApprovalStatement.Digest(look.Canonical.Span), DateTimeOffset.UnixEpoch);
        if (look.Access.Approval is not { } approval)
        {
            return new ExchangeError(ExchangeStage.Authorize, ExchangeCodes.ApprovalMissing)
            {
                Path = "$.approval",
                Expected = RefusalPhrases.Of("approval_of_second_person_under_grant", grant.Name),
                Found = RefusalPhrases.Of("none"),
                Details = [expected.ToText()],
            };
        }

        return (await approvals.CheckAsync(approval, expected)).TryGet(out string? approver, out error) ? new Judgement(grant, depth, approver) : error;
    }

    private static ExchangeError? CheckTexts(Look look)
    {
        if (string.IsNullOrWhiteSpace(look.Access.Purpose))
        {
            return new ExchangeError(ExchangeStage.Validate, ExchangeCodes.QueryInvalid) { Path = "$.purpose", Expected = RefusalPhrases.Of("what_look_is_for"), Found = RefusalPhrases.Of("nothing") };
        }

        return look.Access.Purpose.Length > LongestText || look.Access.Case?.Length > LongestText || look.Access.Nonce?.Length > LongestText
            ? new ExchangeError(ExchangeStage.Validate, ExchangeCodes.QueryInvalid) { Path = "$.purpose", Expected = RefusalPhrases.Of("purpose_case_and_nonce_of_at_most", LongestText), Found = RefusalPhrases.Of("longer_one") }
            : null;
    }

    // One grant, not the union of several: what a look was under must be plain from its entry.
    private Outcome<Grant> Choose(Caller caller, Look look)
    {
        (IReadOnlyList<Grant> grants, IReadOnlyList<string> faults) = documents.ReadGrants();
        DateTimeOffset now = clock.GetUtcNow();
        List<Grant> mine = [.. grants.Where(grant => string.Equals(grant.Reader, caller.Name, StringComparison.Ordinal))];
        if (look.ContinuesUnder is { } digest)
        {
            return mine.Find(grant => grant.Digest.ToString() == digest && grant.InForce(now)) is { } same
                ? same
                : new ExchangeError(ExchangeStage.Authorize, ExchangeCodes.GrantExpired) { Path = "$.after", Expected = RefusalPhrases.Of("grant_of_page_before_still_in_force"), Found = RefusalPhrases.Of("one_that_has_ended_or_was_changed_or") };
        }

        if (look.Access.Grant is { } named)
        {
            mine = mine.FindAll(grant => string.Equals(grant.Id, named, StringComparison.Ordinal));
        }

        List<Grant> inForce = mine.FindAll(grant => grant.InForce(now));
        if (inForce.Count == 0)
        {
            string found = mine.Count == 0 ? faults.Count == 0 ? RefusalPhrases.Of("none") : RefusalPhrases.Of("none_and_documents_that_do_not_count", faults.Count, faults[0]) : RefusalPhrases.Of("one_that_is_not_in_force_now");
            return new ExchangeError(ExchangeStage.Authorize, mine.Count == 0 ? ExchangeCodes.GrantMissing : ExchangeCodes.GrantExpired) { Path = "Documents:Grants", Expected = RefusalPhrases.Of("grant_for_in_force", caller.Name), Found = found };
        }

        List<Grant> fitting = inForce.FindAll(grant => Exceeds(grant, look) is null);
        return fitting.Count switch
        {
            1 => fitting[0],
            0 => inForce[0], // what it exceeds is said of the first
            _ => new ExchangeError(ExchangeStage.Authorize, ExchangeCodes.GrantAmbiguous) { Path = "$.grant", Expected = RefusalPhrases.Of("number_of_one_grant"), Found = string.Join(", ", fitting.Select(static grant => grant.Id)) },
        };
    }

    private static ExchangeError? Exceeds(Grant grant, Look look)
    {
        (string Path, string Expected, string Found)? fault =
            !grant.Acts.Contains(look.Act) ? ("act", string.Join(", ", grant.Acts.Select(Word)), Word(look.Act))
            : grant.CaseRequired && string.IsNullOrWhiteSpace(look.Access.Case) ? ("$.case", RefusalPhrases.Of("number_of_case"), RefusalPhrases.Of("nothing"))
            : look.Access.Depth > grant.Depth ? ("$.depth", RefusalPhrases.Of("at_most", Word(grant.Depth)), Word(look.Access.Depth.Value))
            : look.By.FirstOrDefault(by => !grant.By.Contains(by), (SearchedBy)(-1)) is var by && (int)by >= 0 ? ("$." + (by == SearchedBy.User ? "userId" : Word(by)), RefusalPhrases.Of("search_that_grant_permits"), RefusalPhrases.Of("search_by", Word(by)))
            : look.NamesFields && grant.Depth < GrantDepth.Names ? ("$.removed", RefusalPhrases.Of("depth_names"), Word(grant.Depth))
            : look.Kind is { } kind && !Grant.Exchanges.Contains(kind) && !grant.CoversSystem ? ("$.kind", RefusalPhrases.Of("entries_of_exchanges"), Word(kind))
            : Outside(grant.Own, look.Own) ? ("$.own", RefusalPhrases.Of("own_subsystem_of_grant"), RefusalPhrases.Of("another"))
            : Outside(grant.Counterparties, look.Counterparty) ? ("$.counterparty", RefusalPhrases.Of("counterparty_of_grant"), RefusalPhrases.Of("another"))
            : Outside(grant.Services, look.Service) ? ("$.service", RefusalPhrases.Of("service_of_grant"), RefusalPhrases.Of("another"))
            : null;
        return fault is { } f ? new ExchangeError(ExchangeStage.Authorize, ExchangeCodes.GrantExceeded) { Path = f.Path, Expected = RefusalPhrases.Of("within_grant", f.Expected, grant.Name), Found = f.Found } : null;
    }

    private static bool Outside(IReadOnlySet<string>? permitted, string? asked) => permitted is not null && asked is not null && !permitted.Contains(asked);

    // The approval is an entry of its own, and spent with it: its claim is never free again.
    private async Task<ExchangeError?> ApproveAsync(Caller caller, Look look, Grant grant, string approver)
    {
        Approval approval = look.Access.Approval!;
        EntryDraft draft = new()
        {
            Kind = EntryKind.Approval,
            EventTime = clock.GetUtcNow(),
            Stage = "read",
            Code = Word(look.Act),
            Facts =
            [
                SealedValue.Text("$reader", caller.Name),
                SealedValue.Text("$approver", approver),
                SealedValue.Text("$grant", grant.Name),
                SealedValue.Text("$statement", approval.Statement),
                SealedValue.Binary("$approval", approval.Signature),
            ],
            Claims = [new Claim(ApprovalClaim, [ApprovalStatement.TryParse(approval.Statement)!.RequestSha256], null, Exclusive: true)],
        };
        AppendResult result = await archive.AppendAsync(draft, CancellationToken.None);
        return result.Outcome switch
        {
            AppendOutcome.Appended => null,
            AppendOutcome.Claimed => new ExchangeError(ExchangeStage.Authorize, ExchangeCodes.ApprovalUsed) { Path = "$.approval", Expected = RefusalPhrases.Of("approval_that_was_not_used_yet"), Found = RefusalPhrases.Of("one_that_was") },
            _ => NotLogged(result),
        };
    }

    private static List<SealedValue> Facts(Caller caller, Look look, Grant? grant)
    {
        List<SealedValue> facts = [SealedValue.Text("$reader", caller.Name), .. look.Facts];
        Add("$purpose", look.Access.Purpose);
        Add("$case", look.Access.Case);
        Add("$grant", grant?.Name ?? look.Access.Grant);
        Add("$record", look.Record?.ToString());
        return facts;

        void Add(string path, string? text)
        {
            if (text is not null)
            {
                facts.Add(SealedValue.Text(path, text.Length > 4 * LongestText ? text[..(4 * LongestText)] : text));
            }
        }
    }

    private EntryDraft Draft(string code, IReadOnlyList<SealedValue> facts, Look look) =>
        new() { Kind = EntryKind.ArchiveAccess, EventTime = clock.GetUtcNow(), Stage = "read", Code = code, Facts = facts, Persons = look.Terms };

    private static ExchangeError NotLogged(AppendResult result) =>
        new(ExchangeStage.Append, ExchangeCodes.LoggingFailed) { Expected = RefusalPhrases.Of("archive_that_takes_entry_of_this_look"), Found = result.Fault?.Name, Remedy = result.Fault?.Remedy };

    // MessageId → messageId
    private static string Word<T>(T value)
        where T : struct, Enum
    {
        string name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
