using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Agreements;

/// <summary>Reads <c>request</c> and <c>response</c> of a service: the paths and what happens to the rest.</summary>
internal sealed class FieldListReader(AgreementFaults faults)
{
    public FieldRules Read(YamlSection service, string side)
    {
        YamlSection? s = service.Section(side);
        if (s is null)
        {
            return FieldRules.Nothing;
        }

        FieldRules rules = new()
        {
            Allow = Paths(s, "allow"),
            Unlisted = s.Word("unlisted", ("remove", UnlistedAction.Remove), ("refuse", UnlistedAction.Refuse), ("blank", UnlistedAction.Blank)),
            Remove = Paths(s, "remove"),
            Refuse = Paths(s, "refuse"),
            Blank = Paths(s, "blank"),
        };
        s.End();
        Contradictions(s, rules);
        return rules;
    }

    private List<FieldPath> Paths(YamlSection s, string name)
    {
        List<FieldPath> paths = [];
        HashSet<string> texts = new(StringComparer.Ordinal);
        foreach ((YamlNode node, string at) in s.List(name))
        {
            if (s.TextOf(node, at, FieldPath.MaxLength, isPath: true) is not { } text)
            {
                continue;
            }

            if (!FieldPath.TryParse(text, out FieldPath path, out string? fault))
            {
                faults.Add("wrong_path", node, at, fault, Phrases.Of("Agreements.WriteNamesSeparatedSuch"));
            }
            else if (!texts.Add(text))
            {
                faults.Add("duplicate_path", node, at, Phrases.Of("Agreements.PathStandsHereSecond"), Phrases.Of("Agreements.KeepTwo"));
            }
            else
            {
                if (!text.IsNormalized())
                {
                    faults.Warn("not_normalized", node, at, Phrases.Of("Agreements.NameWrittenCombiningMarks"), Phrases.Of("Agreements.NamesComparedExactlyWrite"));
                }

                paths.Add(path);
            }
        }

        return paths;
    }

    /// <summary>Paths that another of the same list covers: whoever takes the narrow one away would take nothing away.</summary>
    private static IEnumerable<(FieldPath Wide, FieldPath Narrow)> Overlaps(IReadOnlyList<FieldPath> paths)
    {
        FieldPath[] patterns = [.. paths.Where(static p => p.Text.Contains('*', StringComparison.Ordinal))];
        foreach (FieldPath narrow in paths)
        {
            foreach (FieldPath wide in patterns.Where(p => p.Text != narrow.Text && p.IsAbsolute == narrow.IsAbsolute && Covers(p.Names, narrow.Names)))
            {
                yield return (wide, narrow);
                break;
            }
        }
    }

    private static bool Covers(IReadOnlyList<string> wide, IReadOnlyList<string> narrow)
    {
        for (int i = 0; i < wide.Count; i++)
        {
            if (wide[i] == "**")
            {
                return true;
            }

            if (i >= narrow.Count || narrow[i] == "**" || (wide[i] != narrow[i] && !(wide[i] == "*" ? !narrow[i].StartsWith('@') : wide[i] == "@*" && narrow[i].StartsWith('@'))))
            {
                return false;
            }
        }

        return wide.Count == narrow.Count;
    }

    /// <summary>A field cannot be allowed and be at or below one that is denied.</summary>
    private void Contradictions(YamlSection s, FieldRules rules)
    {
        foreach ((string word, IReadOnlyList<FieldPath> denied) in new[] { ("remove", rules.Remove), ("refuse", rules.Refuse), ("blank", rules.Blank) })
        {
            foreach (FieldPath path in denied)
            {
                string above = path.IsSubtree ? path.Text[..^Math.Min(3, path.Text.Length)] : path.Text;
                foreach (FieldPath allowed in rules.Allow)
                {
                    if (allowed.Text == above || allowed.Text.StartsWith(above + "/", StringComparison.Ordinal))
                    {
                        faults.Add("contradiction", s.Node[word]!, s.PathOf(word), Phrases.Of("Agreements.StandsHereAllow", path, allowed), Phrases.Of("Agreements.DeniedPathCoversEverything"));
                    }
                }
            }
        }

        foreach ((FieldPath wide, FieldPath narrow) in Overlaps(rules.Allow))
        {
            faults.Add("overlapping_paths", s.Node["allow"]!, s.PathOf("allow"), Phrases.Of("Agreements.Already", narrow, wide), Phrases.Of("Agreements.KeepIfEverythingMay", wide));
        }

        string?[] twice = [.. rules.Remove.Concat(rules.Refuse).Concat(rules.Blank).GroupBy(static p => p.Text, StringComparer.Ordinal).Where(static g => g.Count() > 1).Select(static g => g.Key)];
        foreach (string? path in twice)
        {
            faults.Add("contradiction", s.Node, s.PathOf("remove"), Phrases.Of("Agreements.StandsTwoRemoveRefuse", path), Phrases.Of("Agreements.Keep"));
        }
    }
}
