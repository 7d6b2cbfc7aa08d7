using System.Net;
using System.Text;
using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Agreements;

/// <summary>Writes Annex 1 as Markdown or as a page of HTML that needs nothing else, for printing and signing.</summary>
internal static class AnnexWriter
{
    private const string Style = "body{font-family:'DejaVu Serif',Georgia,serif;max-width:50em;margin:2em auto;line-height:1.4}table{border-collapse:collapse;width:100%;margin:1em 0}th,td{border:1px solid #444;padding:.3em .5em;text-align:left;vertical-align:top}h1{font-size:1.2em;text-align:right}h2{font-size:1.05em;margin-top:2em}code{font-size:.9em}.sign td{border:0;border-top:1px solid #444;padding-top:.2em;width:45%}.sign{margin-top:5em}@media print{body{margin:0}tr{page-break-inside:avoid}}";

    public static string Markdown(AgreementAnnex annex, AnnexTexts texts)
    {
        StringBuilder text = new();
        text.Append("# ").Append(texts["title"]).Append("\n\n");
        text.Append("**").Append(Md(annex.Agreement.Id)).Append("**, ").Append(texts["version"]).Append(' ').Append(annex.Agreement.Version).Append("\n\n");
        List(annex.Facts);
        foreach (string side in new[] { FieldList.Response, FieldList.Request })
        {
            text.Append("\n## ").Append(texts[side]).Append("\n\n");
            text.Append($"| {texts["number"]} | {texts["field"]} | {texts["path"]} | {texts["service"]} | {texts["personal"]} |\n|---|---|---|---|---|\n");
            foreach (AnnexField field in annex.Fields.Where(f => f.Side == side))
            {
                text.Append($"| {field.Number} | {Md(field.Title)} | `{field.Path.Replace("|", "\\|", StringComparison.Ordinal)}` | {Md(field.Service)} | {Md(field.Personal ?? string.Empty)} |\n");
            }
        }

        foreach ((string service, IReadOnlyList<KeyValuePair<string, string>> conditions) in annex.Services)
        {
            text.Append("\n## ").Append(texts["service"]).Append(' ').Append(Md(service)).Append("\n\n");
            List(conditions);
        }

        text.Append("\n## ").Append(texts["signatures"]).Append("\n\n");
        text.Append($"{texts["provider"]}: ______________________ ({texts["signature"]})\n\n{texts["consumer"]}: ______________________ ({texts["signature"]})\n\n");
        text.Append(texts["digest"]).Append(": `").Append(annex.Agreement.Digest).Append("`\n");
        return text.ToString();

        void List(IEnumerable<KeyValuePair<string, string>> facts)
        {
            foreach ((string name, string value) in facts)
            {
                text.Append("- ").Append(Md(name)).Append(": ").Append(Md(value)).Append('\n');
            }
        }
    }

    public static string Html(AgreementAnnex annex, AnnexTexts texts)
    {
        StringBuilder text = new();
        text.Append($"<!DOCTYPE html>\n<html lang=\"{texts.Language}\"><head><meta charset=\"utf-8\"><title>{H(annex.Agreement.Id)}</title><style>{Style}</style></head><body>\n");
        text.Append($"<h1>{H(texts["title"])}</h1>\n<p><strong>{H(annex.Agreement.Id)}</strong>, {H(texts["version"])} {annex.Agreement.Version}</p>\n");
        Facts(annex.Facts);
        foreach (string side in new[] { FieldList.Response, FieldList.Request })
        {
            text.Append($"<h2>{H(texts[side])}</h2>\n<table><thead><tr><th>{H(texts["number"])}</th><th>{H(texts["field"])}</th><th>{H(texts["path"])}</th><th>{H(texts["service"])}</th><th>{H(texts["personal"])}</th></tr></thead><tbody>\n");
            foreach (AnnexField field in annex.Fields.Where(f => f.Side == side))
            {
                text.Append($"<tr><td>{field.Number}</td><td>{H(field.Title)}</td><td><code>{H(field.Path)}</code></td><td>{H(field.Service)}</td><td>{H(field.Personal ?? string.Empty)}</td></tr>\n");
            }

            text.Append("</tbody></table>\n");
        }

        foreach ((string service, IReadOnlyList<KeyValuePair<string, string>> conditions) in annex.Services)
        {
            text.Append($"<h2>{H(texts["service"])} {H(service)}</h2>\n");
            Facts(conditions);
        }

        text.Append($"<h2>{H(texts["signatures"])}</h2>\n<table class=\"sign\"><tr><td>{H(texts["provider"])}<br>{H(texts["signature"])}</td><td>{H(texts["consumer"])}<br>{H(texts["signature"])}</td></tr></table>\n");
        text.Append($"<p>{H(texts["digest"])}: <code>{annex.Agreement.Digest}</code></p>\n</body></html>\n");
        return text.ToString();

        void Facts(IEnumerable<KeyValuePair<string, string>> facts)
        {
            text.Append("<table><tbody>\n");
            foreach ((string name, string value) in facts)
            {
                text.Append($"<tr><th>{H(name)}</th><td>{H(value)}</td></tr>\n");
            }

            text.Append("</tbody></table>\n");
        }
    }

    private static string H(string value) => WebUtility.HtmlEncode(value);

    /// <summary>A text that no reader of Markdown takes for markup.</summary>
    private static string Md(string value)
    {
        StringBuilder text = new(value.Length);
        foreach (char c in value.ReplaceLineEndings(" "))
        {
            if (c is '|' or '\\' or '*' or '_' or '`' or '[' or ']' or '<' or '>' or '#')
            {
                text.Append('\\');
            }

            text.Append(c);
        }

        return text.ToString();
    }
}
