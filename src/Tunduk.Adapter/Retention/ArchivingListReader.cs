using Tunduk.Adapter.Agreements;

namespace Tunduk.Adapter.Retention;

/// <summary>Reads the archiving list. Its first key makes it what it is: no other signed document of this system has it.</summary>
internal static class ArchivingListReader
{
    /// <summary>The list, or null with every fault.</summary>
    public static ArchivingList? Read(string file, ReadOnlySpan<byte> document, out IReadOnlyList<AgreementFault> found)
    {
        AgreementFaults faults = new(file);
        found = faults.Items;
        if (YamlDocumentReader.Read(file, document, faults.Items) is not { } node)
        {
            return null;
        }

        YamlSection root = new(faults, node, string.Empty);
        List<ArchivingRule> rules = [];
        ArchivingList list = new()
        {
            Version = root.RequiredText("archivingList", Phrases.Of("Retention.GiveListVersionSuch"), 100) ?? string.Empty,
            Digest = AgreementDigest.Of(document),
            ConfirmedBy = root.RequiredText("confirmedBy", Phrases.Of("Retention.NamePersonWhoConfirmed")) ?? string.Empty,
            Basis = root.RequiredText("basis", Phrases.Of("Retention.NameOrderLawTerms")) ?? string.Empty,
            Rules = rules,
        };
        foreach (YamlSection section in root.Sections("rules"))
        {
            if (Rule(section) is { } rule)
            {
                rules.Add(rule);
            }
        }

        root.End();
        return faults.HasErrors ? null : list;
    }

    private static ArchivingRule? Rule(YamlSection section)
    {
        string name = section.RequiredText("rule", Phrases.Of("Retention.GiveRuleName"), 100) ?? string.Empty;
        string? agreement = Any(section.RequiredText("agreement", Phrases.Of("Retention.NameAgreementWriteAny"), 100));
        string? service = Any(section.RequiredText("service", Phrases.Of("Retention.NameServiceFullWrite"), 1024));
        IReadOnlyList<string> items = section.Texts("items");
        ArchiveContent? content = section.Word<ArchiveContent?>("content", ("agreement", null), ("filtered", ArchiveContent.Filtered), ("as-received", ArchiveContent.AsReceived), ("none", ArchiveContent.None));
        string? text = section.RequiredText("retain", Phrases.Of("Retention.WriteTermSuchP3Y"), 20);
        section.End();
        if (text is null)
        {
            return null;
        }

        if (RetentionTerm.TryParse(text, out RetentionTerm term))
        {
            return new ArchivingRule(name, agreement, service, items, content, term);
        }

        section.Faults.Add("wrong_term", section.Node["retain"]!, section.PathOf("retain"), Phrases.Of("Retention.NoTerm"), Phrases.Of("Retention.WriteTermSuchP3Y"));
        return null;
    }

    private static string? Any(string? text) => text is null or "any" ? null : text;
}
