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
            Version = root.RequiredText("archivingList", "Give the list its version, such as 2026-1.", 100) ?? string.Empty,
            Digest = AgreementDigest.Of(document),
            ConfirmedBy = root.RequiredText("confirmedBy", "Name the person who confirmed the terms.") ?? string.Empty,
            Basis = root.RequiredText("basis", "Name the order or law the terms rest on.") ?? string.Empty,
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
        string name = section.RequiredText("rule", "Give the rule a name.", 100) ?? string.Empty;
        string? agreement = Any(section.RequiredText("agreement", "Name the agreement, or write 'any'.", 100));
        string? service = Any(section.RequiredText("service", "Name the service in full, or write 'any'.", 1024));
        IReadOnlyList<string> items = section.Texts("items");
        ArchiveContent? content = section.Word<ArchiveContent?>("content", ("agreement", null), ("filtered", ArchiveContent.Filtered), ("as-received", ArchiveContent.AsReceived), ("none", ArchiveContent.None));
        string? text = section.RequiredText("retain", "Write a term such as P3Y, P18M or P90D.", 20);
        section.End();
        if (text is null)
        {
            return null;
        }

        if (RetentionTerm.TryParse(text, out RetentionTerm term))
        {
            return new ArchivingRule(name, agreement, service, items, content, term);
        }

        section.Faults.Add("wrong_term", section.Node["retain"]!, section.PathOf("retain"), "this is no term", "Write a term such as P3Y, P18M or P90D.");
        return null;
    }

    private static string? Any(string? text) => text is null or "any" ? null : text;
}
