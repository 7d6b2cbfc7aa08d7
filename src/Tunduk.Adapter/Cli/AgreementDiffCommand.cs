using System.CommandLine;
using Tunduk.Adapter.Agreements;

namespace Tunduk.Adapter.Cli;

/// <summary><c>agreement diff</c>.</summary>
internal static class AgreementDiffCommand
{
    public static Command Create()
    {
        var old = new Argument<string>("old") { Description = Phrases.Of("Cli.VersionBefore") };
        var now = new Argument<string>("new") { Description = Phrases.Of("Cli.VersionAfter") };
        var contracts = new AgreementContracts();
        var json = Commands.JsonOption();
        var command = new Command("diff", Phrases.Of("Cli.SayWordsWhatVersion")) { old, now, json };
        contracts.AddTo(command);
        command.SetAction(parsed =>
        {
            if (contracts.Load(parsed) is { } fault)
            {
                return Output.Wrong(fault);
            }

            if (contracts.Read(parsed.GetValue(old)!) is not { } before || contracts.Read(parsed.GetValue(now)!) is not { } after)
            {
                return Output.WrongUse;
            }

            var differences = AgreementDiff.Between(before, after, contracts.FieldsOf);
            if (parsed.GetValue(json))
            {
                Output.Json(new
                {
                    old = new { before.Id, before.Version, sha256 = before.Digest.ToString() },
                    @new = new { after.Id, after.Version, sha256 = after.Digest.ToString() },
                    more = differences.Count(difference => difference.Kind == DifferenceKind.More),
                    less = differences.Count(difference => difference.Kind == DifferenceKind.Less),
                    differences,
                });
            }
            else
            {
                foreach (var difference in differences)
                {
                    Output.Line(difference.ToString());
                }

                Output.Line(differences.Count == 0
                    ? Phrases.Of("Cli.NoDifference")
                    : Phrases.Of("Cli.DifferencesAllowMoreLess", differences.Count, differences.Count(difference => difference.Kind == DifferenceKind.More), differences.Count(difference => difference.Kind == DifferenceKind.Less)));
            }

            return differences.Count == 0 ? Output.Ok : Output.NotOk;
        });
        return command;
    }
}
