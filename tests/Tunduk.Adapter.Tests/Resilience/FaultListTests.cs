using System.Reflection;
using Tunduk.Adapter.Tests.DropIn;
using Tunduk.Adapter.Tests.Exchange;
using Tunduk.Adapter.Tests.Processes;
using Tunduk.Adapter.Tests.SecurityServers;

namespace Tunduk.Adapter.Tests.Resilience;

/// <summary>
/// The faults an adapter must live through, each with the tests that bring it about at a running adapter with real sockets: nothing
/// is lost, nothing hangs, the refusal names the cause, recovery needs no hand.
/// </summary>
public sealed class FaultListTests
{
    private static readonly Dictionary<string, (Type Class, string Test)[]> Faults = new(StringComparer.Ordinal)
    {
        ["security server down"] =
        [
            (typeof(UnreachableTests), nameof(UnreachableTests.Ask_SecurityServerIsDown_SaysThatNothingWasSent)),
            (typeof(NeighbourTests), nameof(NeighbourTests.Ask_SecurityServerFailsForLong_IsNotAskedByEveryoneInTurnAndRecovers)),
            (typeof(FaultTests), nameof(FaultTests.Ask_FirstSecurityServerAway_TheNextIsAskedAndTheFirstAgainWhenItIsBack)),
        ],
        ["security server slow"] =
        [
            (typeof(NeighbourTests), nameof(NeighbourTests.Ask_NeighbourSaysNothing_IsNamedWhenItsTimeIsUpAndRecovers)),
            (typeof(FaultTests), nameof(FaultTests.Ask_OneServiceSlow_TheOthersAreAnswered)),
        ],
        ["security server flapping"] = [(typeof(NeighbourTests), nameof(NeighbourTests.Ask_SecurityServerFlaps_EveryAnswerIsAnAnswerOrNamesTheCause))],
        ["security server resetting"] = [(typeof(NeighbourTests), nameof(NeighbourTests.Ask_SecurityServerFails_IsNamedAndRecovers))],
        ["security server answering garbage"] = [(typeof(NeighbourTests), nameof(NeighbourTests.Ask_SecurityServerFails_IsNamedAndRecovers))],
        ["own information system down"] =
        [
            (typeof(UnreachableTests), nameof(UnreachableTests.Answer_InformationSystemIsDown_SaysThatNothingWasExecutedAndARepeatIsTried)),
            (typeof(RestCodeTests), nameof(RestCodeTests.Ask_ProvidersInformationSystemAway_TheClientIsToldTheCode)),
        ],
        ["own information system slow"] =
        [
            (typeof(NeighbourTests), nameof(NeighbourTests.Ask_NeighbourSaysNothing_IsNamedWhenItsTimeIsUpAndRecovers)),
            (typeof(InformationSystemFaultTests), nameof(InformationSystemFaultTests.Answer_InformationSystemHangs_EndsAtTheTimeoutAndARepeatNeverReachesIt)),
        ],
        ["own information system flapping"] = [(typeof(NeighbourTests), nameof(NeighbourTests.Ask_InformationSystemFlaps_EveryAnswerIsAnAnswerOrNamesTheCause))],
        ["own information system resetting"] = [(typeof(NeighbourTests), nameof(NeighbourTests.Ask_InformationSystemFails_IsNamedOnBothSidesAndRecovers))],
        ["own information system answering garbage"] = [(typeof(NeighbourTests), nameof(NeighbourTests.Ask_InformationSystemFails_IsNamedOnBothSidesAndRecovers))],
        ["10 x overload for a minute"] =
        [
            (typeof(FaultTests), nameof(FaultTests.Ask_TenTimesTheLoadForAWhile_ShedsByNameKeepsItsMemoryAndRecovers)), // 5 s; tests/long/overload 60
            (typeof(NeighbourTests), nameof(NeighbourTests.Ask_TenTimesTheLoadItTakes_ShedsByNameAndAnswersTheRest)),
        ],
        ["SIGTERM under load"] =
        [
            (typeof(TerminationTests), nameof(TerminationTests.Terminate_UnderLoad_EveryRequestEndsAndTheLogNeedsNoRecovery)),
            (typeof(TerminationTests), nameof(TerminationTests.Terminate_SecurityServerStalls_TheExchangeEndsAndTheProcessLeavesWithZero)),
        ],
        ["DNS gone"] =
        [
            (typeof(NeighbourTests), nameof(NeighbourTests.Ask_NameOfTheSecurityServerDoesNotResolve_SaysSo)),
            (typeof(NeighbourTests), nameof(NeighbourTests.Ask_NameServiceGoneAndBack_IsNamedAndRecoversWithoutAHand)),
            (typeof(NeighbourTests), nameof(NeighbourTests.Ask_NameOfTheInformationSystemDoesNotResolve_SaysThatNothingWasDone)),
        ],
        ["clock jump"] =
        [
            (typeof(NeighbourTests), nameof(NeighbourTests.Ask_ClockJumpsForward_ExchangesGoOn)),
            (typeof(NeighbourTests), nameof(NeighbourTests.Ask_ClockJumpsBack_IsRefusedByNameUntilItIsRight)),
        ],
        ["expired key at noon"] = [(typeof(FaultTests), nameof(FaultTests.Ask_KeyExpiresAtNoon_IsRefusedByNameOnEveryFaceAndTheNextKeyNeedsNoRestart))],
        ["fail-over only where nothing was written"] =
        [
            (typeof(FaultTests), nameof(FaultTests.Ask_FirstSecurityServerBreaksOffAfterBytesWereWritten_NobodyElseIsAsked)),
            (typeof(FailOverTests), ""),
        ],
    };

    [Fact]
    public void Fault_OfTheList_HasTestsThatRun()
    {
        foreach (var (fault, shown) in Faults)
        {
            shown.ShouldNotBeEmpty(fault);
            foreach (var (type, test) in shown)
            {
                var methods = type.GetMethods().Where(method => test.Length == 0 || method.Name == test).Where(method => method.GetCustomAttribute<FactAttribute>() is { Skip: null });
                methods.ShouldNotBeEmpty($"{fault}: {type.Name}.{test}");
            }
        }
    }
}
