using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.Grants;

/// <summary>Reads a grant document. Its first key makes it what it is: no other signed document of this system has it.</summary>
internal static class GrantReader
{
    private static string ListRemedy => Phrases.Of("Grants.WriteListAll");

    /// <summary>The grant, or null with every fault.</summary>
    /// <param name="file">Name of the file, for faults.</param>
    /// <param name="document">Its bytes.</param>
    /// <param name="offset">Offset of the days in the document.</param>
    /// <param name="found">What is wrong.</param>
    public static Grant? Read(string file, ReadOnlySpan<byte> document, TimeSpan offset, out IReadOnlyList<AgreementFault> found)
    {
        AgreementFaults faults = new(file);
        found = faults.Items;
        if (YamlDocumentReader.Read(file, document, faults.Items) is not { } node)
        {
            return null;
        }

        YamlSection root = new(faults, node, string.Empty);
        string id = root.RequiredText("grant", Phrases.Of("Grants.GiveGrantNumberSuch"), 100) ?? string.Empty;
        string reader = root.RequiredText("reader", Phrases.Of("Grants.NameCallerGrantCallers"), 200) ?? string.Empty;
        YamlSection? entries = root.Section("entries");
        YamlSection? conditions = root.Section("conditions");
        root.Required("valid", Phrases.Of("Grants.WriteValidFrom2026"));
        YamlSection? valid = root.Section("valid");
        Grant grant = new()
        {
            Id = id,
            Digest = AgreementDigest.Of(document),
            Reader = reader,
            Own = Names(root, "own"),
            Counterparties = Names(root, "counterparties"),
            Services = Names(root, "services"),
            EntriesFrom = Midnight(entries?.Date("from"), offset),
            EntriesUntil = Midnight(entries?.Date("until")?.AddDays(1), offset),
            System = root.YesNo("system"),
            Acts = Words(root, "acts", [ArchiveAct.Search, ArchiveAct.Show, ArchiveAct.Explain]),
            Depth = root.Word("depth", ("metadata", GrantDepth.Metadata), ("names", GrantDepth.Names), ("masked", GrantDepth.Masked), ("full", GrantDepth.Full), ("evidence", GrantDepth.Evidence)),
            By = Words<SearchedBy>(root, "by", []),
            CaseRequired = conditions?.Word("case", ("optional", false), ("required", true)) ?? false,
            SecondPerson = conditions is null ? new HashSet<ArchiveAct>() : Words<ArchiveAct>(conditions, "secondPerson", []),
            From = Midnight(valid?.Date("from"), offset) ?? DateTimeOffset.MaxValue,
            Until = Midnight(valid?.Date("until")?.AddDays(1), offset) ?? DateTimeOffset.MinValue,
        };
        if (valid is not null && grant.From >= grant.Until)
        {
            faults.Add("wrong_period", valid.Node, "valid", Phrases.Of("Grants.PeriodNoBeginningNo"), Phrases.Of("Grants.GiveBothDaysGrant"));
        }

        entries?.End();
        conditions?.End();
        valid?.End();
        root.End();
        return faults.HasErrors ? null : grant;
    }

    private static HashSet<string>? Names(YamlSection root, string key)
    {
        if (root.Required(key, ListRemedy) is null)
        {
            return [];
        }

        IReadOnlyList<string> names = root.Texts(key, 1024);
        return names is ["all"] ? null : names.ToHashSet(StringComparer.Ordinal);
    }

    private static HashSet<T> Words<T>(YamlSection section, string key, T[] otherwise)
        where T : struct, Enum
    {
        HashSet<T> values = [];
        foreach ((YamlNode node, string path) in section.List(key))
        {
            if (NamedValue.TryParse(node.Text, out T value))
            {
                values.Add(value);
            }
            else
            {
                section.Faults.Add("wrong_word", node, path, Phrases.Of("Grants.WordMayNotStand"), Phrases.Of("Grants.Write", string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()));
            }
        }

        return values.Count == 0 && section.Take(key) is null ? [.. otherwise] : values;
    }

    private static DateTimeOffset? Midnight(DateOnly? day, TimeSpan offset) => day is { } date ? new DateTimeOffset(date, TimeOnly.MinValue, offset) : null;
}
