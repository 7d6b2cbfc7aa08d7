using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Agreements;

/// <summary>
/// Holds a list against the contract: a path that the contract does not have is an error; a removal that leaves a
/// message without a field its contract requires is a warning that says what becomes of such messages, since Annex 1
/// outranks the schema.
/// </summary>
/// <param name="faults">Takes what is wrong.</param>
/// <param name="service">The service's part of the document.</param>
/// <param name="role">Which side of the exchange leaves us: that one is held against the contract after filtering.</param>
/// <param name="mapsXml">The contract is a WSDL; messages of REST are not held against theirs.</param>
internal sealed class ContractChecker(AgreementFaults faults, YamlSection service, AgreementRole role, bool mapsXml)
{
    private static readonly string[] Outside = ["query", "path"];

    public void Check(string side, FieldRules rules, IReadOnlyList<ContractField> contract, MessageShape shape)
    {
        string prefix = shape == MessageShape.Wrapped ? side : string.Empty;
        HashSet<string> known = [.. contract.Select(static f => f.Path.Text)];
        YamlNode? node = service.Node[side];
        foreach ((string word, IReadOnlyList<FieldPath> paths) in new[] { ("allow", rules.Allow), ("remove", rules.Remove), ("refuse", rules.Refuse), ("blank", rules.Blank) })
        {
            for (int i = 0; i < paths.Count; i++)
            {
                YamlNode at = node?[word]?.Items is { } items && items.Count == paths.Count ? items[i] : node?[word] ?? service.Node;
                Resolve(paths[i], prefix, known, contract, at, $"{service.PathOf(side)}.{word}[{i}]");
            }
        }

        Removals(side, rules, contract, prefix, node ?? service.Node["service"] ?? service.Node);
    }

    /// <summary>Whether a contract path is covered by a listed path, <c>*</c> and <c>**</c> included.</summary>
    private static bool Covers(IReadOnlyList<string> pattern, IReadOnlyList<string> names)
    {
        int i = 0;
        for (; i < pattern.Count; i++)
        {
            if (pattern[i] == "**")
            {
                return true;
            }

            if (i >= names.Count || (pattern[i] != names[i] && !Wildcard(pattern[i], names[i])))
            {
                return false;
            }
        }

        return i == names.Count;
    }

    private static bool Wildcard(string pattern, string name) =>
        pattern == "*" ? !name.StartsWith('@') : pattern == "@*" && name.StartsWith('@');

    private static string[] Absolute(FieldPath path, string prefix) =>
        path.IsAbsolute || prefix.Length == 0 ? [.. path.Names] : [prefix, .. path.Names];

    private void Resolve(FieldPath path, string prefix, HashSet<string> known, IReadOnlyList<ContractField> contract, YamlNode at, string key)
    {
        string[] names = Absolute(path, prefix);
        if (Outside.Contains(path.Names[0], StringComparer.Ordinal) && !contract.Any(f => f.Path.Names[0] == path.Names[0]))
        {
            return;
        }

        string[] head = names[^1] == "**" ? names[..^1] : names;
        string text = string.Join('/', head);
        if (head.Length == 0 || head.All(static n => n == "*"))
        {
            return;
        }

        ContractField? field = known.Contains(text)
            ? contract.First(f => f.Path.Text == text)
            : text.Contains('*', StringComparison.Ordinal) ? contract.FirstOrDefault(f => Covers(head, f.Path.Names)) : null;
        if (field is null)
        {
            IEnumerable<string> shown = contract.Select(f => Relative(f.Path.Text, prefix));
            IReadOnlyList<string> near = NearestName.Of(Relative(text, prefix), shown);
            if (near.Count == 0)
            {
                near = [.. shown.Where(p => p.EndsWith("/" + head[^1], StringComparison.OrdinalIgnoreCase) || p.Equals(head[^1], StringComparison.OrdinalIgnoreCase)).Take(3)];
            }

            faults.AddContract(
                "unknown_path",
                at,
                key,
                Phrases.Of("Agreements.TheContractHasNo", Relative(text, prefix)),
                near.Count > 0 ? Phrases.Of("Agreements.Nearest", string.Join(", ", near)) : Phrases.Of("Agreements.SeeContractShowFields"));
        }
        else if (field.HasChildren && names[^1] != "**" && key.Contains(".allow[", StringComparison.Ordinal))
        {
            faults.Warn("path_without_children", at, key, Phrases.Of("Agreements.FieldsOwnListsElement", path), Phrases.Of("Agreements.WriteAllThemList", path));
        }
    }

    private static string Relative(string path, string prefix) =>
        prefix.Length > 0 && path.StartsWith(prefix + "/", StringComparison.Ordinal) ? path[(prefix.Length + 1)..] : prefix.Length > 0 ? "/" + path : path;

    private void Removals(string side, FieldRules rules, IReadOnlyList<ContractField> contract, string prefix, YamlNode at)
    {
        string[][] allowed = [.. rules.Allow.Select(p => Absolute(p, prefix))];
        string[][] denied = [.. rules.Remove.Concat(rules.Refuse).Concat(rules.Blank).Select(p => Absolute(p, prefix))];
        string[][] blank = [.. rules.Blank.Select(p => Absolute(p, prefix))];
        HashSet<string> demanded = [.. contract.Where(static f => f.Required).Select(static f => f.Path.Text)];
        List<string> always = [];
        List<string> sometimes = [];
        List<string> hollow = [];
        bool canBlank = false;
        foreach (ContractField field in contract.Where(static f => f.Required || f.RequiredInDerived))
        {
            IReadOnlyList<string> names = field.Path.Names;
            if (!Governed(names, prefix, side) || Kept(names, allowed, denied) || !Kept([.. names.SkipLast(1)], allowed, denied, structure: true))
            {
                continue;
            }

            bool blanked = Array.Exists(blank, p => Covers(p, names)) || (rules.Unlisted == UnlistedAction.Blank && !Array.Exists(denied, p => Covers(p, names)));
            if (blanked && !field.CanBeEmpty)
            {
                hollow.Add(Relative(field.Path.Text, prefix));
            }
            else if (!blanked && (rules.Unlisted != UnlistedAction.Refuse || Array.Exists(denied, p => Covers(p, names))))
            {
                bool everywhere = field.Required && Enumerable.Range(1, names.Count - 1).All(n => demanded.Contains(string.Join('/', names.Take(n))));
                (everywhere ? always : sometimes).Add(Relative(field.Path.Text, prefix));
                canBlank |= field.CanBeEmpty;
            }
        }

        // What leaves is held against the schema once more; what comes in goes to the own system as the list leaves it.
        bool isChecked = mapsXml && (role == AgreementRole.Provider) == (side == FieldList.Response);
        string wayOut = canBlank
            ? Phrases.Of("Agreements.ListFieldPutUnder")
            : Phrases.Of("Agreements.ListFieldAskSchema");
        string refused = Phrases.Of("Agreements.RefusedRequiredFieldRemoved", side == FieldList.Response ? Phrases.Of("Agreements.AfterServiceExecutedRequest") : string.Empty);
        if (always.Count > 0)
        {
            faults.Warn("required_field_removed", at, service.PathOf(side), Phrases.Of("Agreements.ContractRequiresListRemoves", Some(always), isChecked ? Phrases.Of("Agreements.Every", side, refused) : Phrases.Of("Agreements.WhatLeftNotValid", side)), wayOut);
        }

        if (sometimes.Count > 0)
        {
            faults.Warn("required_field_removed", at, service.PathOf(side), Phrases.Of("Agreements.ContractRequiresWhereverParent", Some(sometimes), isChecked ? Phrases.Of("Agreements.Parent", side, refused) : Phrases.Of("Agreements.ParentGoesWithoutBeing", side)), wayOut);
        }

        if (hollow.Count > 0)
        {
            faults.Warn("blank_not_valid", at, service.PathOf(side), Phrases.Of("Agreements.CannotEmptyType", Some(hollow), isChecked ? Phrases.Of("Agreements.AThatHasIt", side, refused) : Phrases.Of("Agreements.WhatLeftNotValidSchema", side)), Phrases.Of("Agreements.ListFieldAskSchemaOptional"));
        }
    }

    /// <summary>The other side's part of a message is judged with that side's list.</summary>
    private static bool Governed(IReadOnlyList<string> names, string prefix, string side) =>
        prefix.Length > 0
            ? names.Count > 1 && names[0] == prefix
            : side == FieldList.Request || names[0] != FieldList.Request;

    private static bool Kept(IReadOnlyList<string> names, string[][] allowed, string[][] denied, bool structure = false)
    {
        if (structure && names.Count <= 1)
        {
            return true;
        }

        for (int n = 1; n <= names.Count; n++)
        {
            string[] above = [.. names.Take(n)];
            if (Array.Exists(denied, p => Covers(p, above)))
            {
                return false;
            }
        }

        return Array.Exists(allowed, p => Covers(p, names) || Below(p, names));
    }

    /// <summary>A listed path below this one keeps it as structure.</summary>
    private static bool Below(string[] pattern, IReadOnlyList<string> names)
    {
        if (pattern.Length <= names.Count)
        {
            return false;
        }

        for (int i = 0; i < names.Count; i++)
        {
            if (pattern[i] != names[i] && !Wildcard(pattern[i], names[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static string Some(List<string> paths) =>
        string.Join(", ", paths.Take(5)) + (paths.Count > 5 ? Phrases.Of("Agreements.AndMore", paths.Count - 5) : string.Empty);
}
