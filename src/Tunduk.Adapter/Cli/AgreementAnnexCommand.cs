using System.CommandLine;
using Tunduk.Adapter.Agreements;

namespace Tunduk.Adapter.Cli;

/// <summary><c>agreement annex</c>: Annex 1 for signing.</summary>
internal static class AgreementAnnexCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = Phrases.Of("Cli.AgreementFile") };
        var language = new Option<string>("--language") { Description = Phrases.Of("Cli.KyRuEnDefault"), DefaultValueFactory = _ => "ky" };
        var html = new Option<bool>("--html") { Description = Phrases.Of("Cli.PageHtmlInsteadMarkdown") };
        var output = new Option<string?>("--out") { Description = Phrases.Of("Cli.FileWriteMustNot") };
        var contracts = new AgreementContracts();
        var json = Commands.JsonOption();
        var command = new Command("annex", Phrases.Of("Cli.PrintAnnex1List")) { file, language, html, output, json };
        contracts.AddTo(command);
        command.SetAction(parsed =>
        {
            if (contracts.Load(parsed) is { } fault)
            {
                return Output.Wrong(fault);
            }

            if (!AnnexTexts.Languages.Contains(parsed.GetValue(language), StringComparer.Ordinal))
            {
                return Output.Wrong(Phrases.Of("Cli.Language", string.Join(", ", AnnexTexts.Languages)));
            }

            if (contracts.Read(parsed.GetValue(file)!) is not { } agreement)
            {
                return Output.NotOk;
            }

            var texts = AnnexTexts.Of(parsed.GetValue(language)!);
            var annex = AgreementAnnex.Of(agreement, contracts.Find, texts, PersonalData.Default);
            if (parsed.GetValue(json))
            {
                Output.Json(new { agreement = agreement.Id, agreement.Version, sha256 = agreement.Digest.ToString(), title = texts["title"], facts = annex.Facts, fields = annex.Fields, services = annex.Services });
                return Output.Ok;
            }

            return AgreementDraftCommand.Give(parsed.GetValue(html) ? AnnexWriter.Html(annex, texts) : AnnexWriter.Markdown(annex, texts), parsed.GetValue(output), json: false);
        });
        return command;
    }
}
