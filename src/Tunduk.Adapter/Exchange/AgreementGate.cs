using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Filtering;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Exchange;

/// <summary>The Authorize stage: which agreement is in force for an exchange, and whether it permits this one.</summary>
internal sealed class AgreementGate(AgreementKeeper keeper)
{
    /// <summary>Finds the agreement of an exchange and notes it.</summary>
    public Outcome<AgreementService> Find(ExchangeRun run, AgreementRole role)
    {
        run.Account = keeper.Account;
        var key = new AgreementKey(run.Own!.Value, run.Counterparty!.Value, run.Service!.Value, role);
        if (keeper.Shadows.TryFind(key, out var shadow, out var shadowTerms))
        {
            run.ShadowAgreement = shadow;
            run.Shadow = shadowTerms;
        }

        var match = keeper.Store.Find(key.Own, key.Counterparty, key.Service, role);
        run.Agreement = match.Agreement;
        if (match.IsFound)
        {
            run.Terms = match.Service;
            return match.Service;
        }

        if (run.Shadow is not null && match.Refusal!.Code == ExchangeCodes.ServiceNotListed)
        {
            keeper.Account.Differs(run, Phrases.Of("Exchange.WouldAllowed"), 1);
        }

        return ToError(match.Refusal!);
    }

    /// <summary>How the agreement of a service stands for a list of services: <c>in-force</c>, or the code that a request would be refused with.</summary>
    public string StateOf(ConsumedService service) =>
        TermsOf(service, out var state) is null ? state : "in-force";

    /// <summary>The terms in force for a service that may be asked; null with the code that a request would be refused with.</summary>
    public AgreementService? TermsOf(ConsumedService service, out string state)
    {
        var match = keeper.Store.Find(service.Client, service.Service!.Value.Provider, service.Service.Value, AgreementRole.Consumer);
        state = match.Refusal?.Code ?? "in-force";
        return match.IsFound ? match.Service : null;
    }

    /// <summary>Our own request: agreement, person, purpose. The agreement's default basis stands in where there is none.</summary>
    public Outcome<AgreementService> AuthorizeOwn(ExchangeRun run, Caller caller)
    {
        if (!Find(run, AgreementRole.Consumer).TryGet(out var terms, out var error))
        {
            return error;
        }

        if (Decide(run, fromOwnSystem: true, caller.IsTest) is { } refusal)
        {
            return refusal;
        }

        return caller.MaySpeakFor(run.Headers!.UserId!, DateOnly.FromDateTime(run.Arrived.ToOffset(keeper.Offset).Date))
            ? terms
            : new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.UserNotAuthorised) { Path = CallHeaders.UserIdName, Expected = RefusalPhrases.Of("authorised_person_of_caller_in_force"), Found = RefusalPhrases.Of("another") };
    }

    /// <summary>A counterparty's request under the agreement already found.</summary>
    public ExchangeError? AuthorizeCounterparty(ExchangeRun run, ProvidedService service) => Decide(run, fromOwnSystem: false, service.IsTest);

    private static ExchangeError ToError(PolicyRefusal refusal) => new(ExchangeStage.Authorize, refusal.Code)
    {
        Path = refusal.Path,
        Expected = refusal.Expected,
        Found = refusal.Found,
        Remedy = refusal.Remedy,
        RetryAfter = refusal.RetryAfter,
    };

    private ExchangeError? Decide(ExchangeRun run, bool fromOwnSystem, bool isTest)
    {
        var headers = run.Headers!;
        var request = new AgreementRequest(
            fromOwnSystem,
            headers.UserId,
            headers.Issue,
            headers.RepresentedParty?.ToString(),
            isTest ? AgreementEnvironment.Test : AgreementEnvironment.Production,
            run.Arrived);
        var decision = AgreementAuthorizer.Authorize(run.Agreement!, run.Terms!, request, keeper.Offset);
        if (run.Shadow is { } shadow)
        {
            var would = AgreementAuthorizer.Authorize(run.ShadowAgreement!, shadow, request, keeper.Offset).Refusal?.Code;
            if (would != decision.Refusal?.Code)
            {
                keeper.Account.Differs(run, would is null ? Phrases.Of("Exchange.WouldAllowed") : Phrases.Of("Exchange.WouldBeRefusedAs", would), 1);
            }
        }

        if (!decision.IsAllowed)
        {
            return ToError(decision.Refusal!);
        }

        if (keeper.Account.Meter.Enter(run.Agreement!, run.Terms!, run.Arrived) is { } exceeded)
        {
            return ToError(exceeded);
        }

        if (fromOwnSystem)
        {
            run.Headers = headers with { Issue = decision.Issue };
        }

        run.Flags |= (decision.Noted.Contains("userId", StringComparer.Ordinal) ? EntryFlags.UserIdAbsent : EntryFlags.None)
            | (decision.Noted.Contains("issue", StringComparer.Ordinal) ? EntryFlags.BasisAbsent : EntryFlags.None);
        return null;
    }
}
