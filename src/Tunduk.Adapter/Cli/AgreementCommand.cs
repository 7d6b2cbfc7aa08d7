using System.CommandLine;

namespace Tunduk.Adapter.Cli;

/// <summary><c>agreement …</c>: everything that is done with agreements, from the first draft to the end.</summary>
internal static class AgreementCommand
{
    public static Command Create() => new("agreement", Phrases.Of("Cli.DraftCheckCompareTest"))
    {
        AgreementDraftCommand.Create(),
        AgreementCheckCommand.Create(),
        AgreementDiffCommand.Create(),
        AgreementAnnexCommand.Create(),
        AgreementTestCommand.Create(),
        AgreementStatusCommand.Create(),
        AgreementSuspendCommand.Create(),
        AgreementSuspendCommand.CreateLift(),
        AgreementSchemaCommand.Create(),
    };
}
