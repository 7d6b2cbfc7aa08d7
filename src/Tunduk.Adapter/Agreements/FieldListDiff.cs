using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Agreements;

/// <summary>Compares two lists by what they do with each field that the contract or either list knows.</summary>
internal static class FieldListDiff
{
    /// <summary>A name that no contract has: stands for whatever a wildcard covers.</summary>
    private const string Anything = "\u0001";

    public static void Compare(DifferenceList list, string service, string side, AgreementService old, AgreementService now, IReadOnlyList<ContractField>? contract)
    {
        (FieldRules oldRules, FieldList oldList) = side == FieldList.Request ? (old.Request, old.RequestFields) : (old.Response, old.ResponseFields);
        (FieldRules nowRules, FieldList nowList) = side == FieldList.Request ? (now.Request, now.RequestFields) : (now.Response, now.ResponseFields);
        Dictionary<(FieldAction Old, FieldAction Now), List<string>> changed = [];
        foreach ((string path, string shown) in Universe(side, nowList, contract, oldRules, nowRules))
        {
            FieldAction before = oldList.ActionOf(path, hasWrapper: true, out _);
            FieldAction after = nowList.ActionOf(path, hasWrapper: true, out _);
            if (before == after)
            {
                continue;
            }

            if (!changed.TryGetValue((before, after), out List<string>? paths))
            {
                changed[(before, after)] = paths = [];
            }

            paths.Add(shown);
        }

        string where = $"{service} {side}";
        foreach (((FieldAction before, FieldAction after), List<string> paths) in changed.OrderBy(static p => p.Key.Now))
        {
            string fields = string.Join(", ", paths.Distinct(StringComparer.Ordinal));
            list.Add(
                after == FieldAction.Allow ? DifferenceKind.More : before == FieldAction.Allow ? DifferenceKind.Less : DifferenceKind.Other,
                where,
                after == FieldAction.Allow ? Phrases.Of("Agreements.NowPasses", fields) : before == FieldAction.Allow ? Phrases.Of("Agreements.NoLongerPasses", Word(after), fields) : Phrases.Of("Agreements.BecomesGiven", Word(before), Word(after), fields));
        }

        if (oldRules.Unlisted != nowRules.Unlisted)
        {
            list.Other(where, Phrases.Of("Agreements.WhatNotListedNow", Word(nowRules.Unlisted), Word(oldRules.Unlisted)));
        }
    }

    /// <summary>Paths from the content of the operation element, with how they are shown.</summary>
    private static IEnumerable<(string Path, string Shown)> Universe(string side, FieldList list, IReadOnlyList<ContractField>? contract, params ReadOnlySpan<FieldRules> rules)
    {
        string prefix = list.Shape == MessageShape.Flat ? string.Empty : side + "/";
        Dictionary<string, string> paths = new(StringComparer.Ordinal);
        foreach (ContractField field in contract ?? [])
        {
            // The echoed request follows the request's list, which is compared by itself.
            if (!field.HasChildren && !(side == FieldList.Response && field.Path.Names[0] == FieldList.Request))
            {
                paths[field.Path.Text] = field.Path.Text.StartsWith(prefix, StringComparison.Ordinal) ? field.Path.Text[prefix.Length..] : "/" + field.Path.Text;
            }
        }

        foreach (FieldRules r in rules)
        {
            foreach (FieldPath path in r.Allow.Concat(r.Blank).Concat(r.Remove).Concat(r.Refuse))
            {
                bool wild = path.Names.Any(static n => n is "*" or "**" or "@*");
                if (wild && contract is not null)
                {
                    continue; // What it means stands in the contract's own paths.
                }

                string names = string.Join('/', path.Names.Select(static n => n is "*" or "**" ? Anything : n == "@*" ? "@" + Anything : n));
                paths.TryAdd(path.IsAbsolute ? names : prefix + names, path.Text);
            }
        }

        return paths.Select(static p => (p.Key, p.Value));
    }

    private static string Word(FieldAction action) => action switch
    {
        FieldAction.Allow => "passed",
        FieldAction.Blank => "blanked",
        FieldAction.Refuse => "refused",
        _ => "removed",
    };

    private static string Word(UnlistedAction action) => action switch
    {
        UnlistedAction.Refuse => "refused",
        UnlistedAction.Blank => "blanked",
        _ => "removed",
    };
}
