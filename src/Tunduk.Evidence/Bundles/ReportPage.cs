using System.Globalization;
using System.Net;
using System.Text;
using Tunduk.Evidence.Log;
using ValueType = Tunduk.Evidence.Log.ValueType;

namespace Tunduk.Evidence.Bundles;

/// <summary>The bundle as a page for people: no script, nothing loaded, every text encoded.</summary>
internal sealed class ReportPage(Stream to)
{
    private const int LongestValue = 2000;

    public void Begin(DateTimeOffset made)
    {
        Write("""
            <!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>Records of a request archive</title><style>body{font:14px/1.45 sans-serif;max-width:72em;margin:2em auto;padding:0 1em}
            h2{font-size:1.05em;margin:2em 0 .3em;border-top:1px solid #aaa;padding-top:.6em}table{border-collapse:collapse}td,th{text-align:left;vertical-align:top;padding:.15em 1em .15em 0;overflow-wrap:anywhere}
            th{font-weight:normal;color:#555;white-space:nowrap}.note{background:#f3f0e6;padding:.6em 1em}code{font-size:.95em}</style></head><body>
            <h1>Records of a request archive</h1>
            <p class="note">This page is for reading and proves nothing. What the records prove is found out by
            <code>tunduk-verify BUNDLE --trust FILE</code>, with a trust file that did not come with this bundle.</p>
            """);
        Write($"<p>Made {Time(made)} by the exporting adapter's clock. The end of the page says for whom and on which grant.</p>\n");
    }

    public void Add(BundledRecord record, LogEntry entry)
    {
        Write($"<h2>{Words(entry.Kind)} <code>{record.Record}</code></h2>\n<table>");
        Row(Phrases.Of("Bundles.TimeClaimedAdapterClock"), Time(entry.Time));
        Row(Phrases.Of("Bundles.OwnSubsystem"), entry.OwnSubsystem);
        Row("counterparty", entry.Counterparty);
        Row("service", entry.Service);
        Row("outcome", entry.Stage is null ? entry.Code : $"{entry.Code} ({entry.Stage})");
        Row("agreement", entry.AgreementVersion is { } version ? Phrases.Of("Bundles.Version", entry.Agreement, version.ToString(CultureInfo.InvariantCulture)) : entry.Agreement);
        Row(Phrases.Of("Bundles.MessageSignatureWhenArchived"), entry.Kind is EntryKind.Request or EntryKind.Response ? Words(entry.Signature) : null);
        Row(Phrases.Of("Bundles.Ended"), record.End);
        Row(Phrases.Of("Bundles.Belongs"), entry.Link?.ToString());
        Row("about", entry.Subject);
        if (record.Sealed is "partial" or "erased")
        {
            Row("erased", $"{(record.Sealed == "erased" ? Phrases.Of("Bundles.AllValues") : Phrases.Of("Bundles.SomeValues"))}{(record.ErasedBy is null ? "" : Phrases.Of("Bundles.See", record.ErasedBy))}");
        }

        foreach (BundledLeaf leaf in record.Leaves ?? [])
        {
            if (leaf.IsShown)
            {
                Row(leaf.Path, Value(leaf));
            }
        }

        foreach (BundledStatement statement in record.Stated ?? [])
        {
            Row(statement.Path, statement.Masked is null ? $"({statement.Presence})" : Phrases.Of("Bundles.Masked", statement.Masked));
        }

        Write("</table>\n");
    }

    public void End(BundleManifest manifest)
    {
        Write("<h2>This bundle</h2>\n<table>");
        Row("for", manifest.Reader);
        Row("grant", manifest.Grant);
        Row(Phrases.Of("Bundles.ShownDepth"), manifest.Depth);
        Row(Phrases.Of("Bundles.EntryExport"), manifest.Access);
        Row("proves", manifest.Proves == "all" ? Phrases.Of("Bundles.TheseAllEntriesEach") : Phrases.Of("Bundles.TheseEntriesLogsMay"));
        foreach (BundledLog log in manifest.Logs)
        {
            Row("log", Phrases.Of("Bundles.CheckpointSize", log.Origin, log.Size.ToString(CultureInfo.InvariantCulture)));
        }

        Write("</table>\n</body></html>\n");
        to.Flush();
    }

    private static string Value(BundledLeaf leaf)
    {
        if (leaf.Payload is { } length)
        {
            return Phrases.Of("Bundles.Bytes", length.ToString(CultureInfo.InvariantCulture), BundleFormat.Payloads);
        }

        if (leaf.Presence != ValuePresence.Present)
        {
            return leaf.Presence == ValuePresence.Null ? "(null)" : Phrases.Of("Bundles.RemovedAgreement");
        }

        if (leaf.Type is ValueType.Structure or ValueType.Binary)
        {
            return leaf.Type == ValueType.Structure ? "(present)" : Phrases.Of("Bundles.BytesGiven", leaf.Value.Length.ToString(CultureInfo.InvariantCulture));
        }

        string text = Encoding.UTF8.GetString(leaf.Value);
        return text.Length <= LongestValue ? text : text[..LongestValue] + " …";
    }

    private void Row(string name, string? value)
    {
        if (value is not null)
        {
            Write($"<tr><th>{WebUtility.HtmlEncode(name)}</th><td>{WebUtility.HtmlEncode(value)}</td></tr>\n");
        }
    }

    private void Write(string text) => to.Write(Encoding.UTF8.GetBytes(text));

    private static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss.ffffff 'UTC'", CultureInfo.InvariantCulture);

    // OutcomeUnknown → outcome unknown
    private static string Words<T>(T value)
        where T : struct, Enum =>
        string.Concat(value.ToString().Select(static (c, i) => char.IsUpper(c) && i > 0 ? " " + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));
}
