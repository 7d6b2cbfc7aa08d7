using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Mapping;

/// <summary>Finds the member an element may be at a state of a content model.</summary>
internal static class XmlMatcher
{
    /// <summary>The member by its full name, or -1; <paramref name="wildcard"/> is a wildcard that lets the element in, or -1.</summary>
    public static int Find(ComplexType type, ContentModel model, int state, int count, string local, string ns, out int wildcard)
    {
        wildcard = -1;
        var members = type.Members;
        if (state >= 0 && count < model.Positions[state].Max && Is(members[model.Positions[state].Member], local, ns, ref wildcard))
        {
            return model.Positions[state].Member;
        }

        foreach (var candidate in model.Follow(state))
        {
            if (Is(members[model.Positions[candidate].Member], local, ns, ref wildcard))
            {
                return model.Positions[candidate].Member;
            }
        }

        return -1;
    }

    /// <summary>
    /// The same by local name only, for the wrong form: no namespace at all, or the message's where there should be none.
    /// Of two elements with one local name neither is meant.
    /// </summary>
    public static int FindWrongForm(ComplexType type, ContentModel model, int state, int count, string local, string ns, string rootNamespace)
    {
        if (type.Members.Count(m => m.Element is not null && m.LocalName == local) != 1)
        {
            return -1;
        }

        bool Fits(Member m) => IsWrongForm(m, local, ns, rootNamespace);

        if (state >= 0 && count < model.Positions[state].Max && Fits(type.Members[model.Positions[state].Member]))
        {
            return model.Positions[state].Member;
        }

        foreach (var candidate in model.Follow(state))
        {
            if (Fits(type.Members[model.Positions[candidate].Member]))
            {
                return model.Positions[candidate].Member;
            }
        }

        return -1;
    }

    /// <summary>True for an element that is the member but for its namespace form.</summary>
    public static bool IsWrongForm(Member member, string local, string ns, string rootNamespace) =>
        member.Element is not null && member.LocalName == local && (ns.Length == 0 ? member.Namespace.Length > 0 : member.Namespace.Length == 0 && ns == rootNamespace);

    /// <summary>What may come next, in words.</summary>
    public static string Expected(ComplexType type, int state, int count)
    {
        var names = type.Model.Expected(state, count).Select(i => type.Members[i].JsonName).Take(8).ToList();
        if (type.Model.IsEnd(state, count))
        {
            names.Add(Phrases.Of("Mapping.End"));
        }

        return names.Count == 0 ? Phrases.Of("Mapping.End") : string.Join(Phrases.Of("Mapping.Or"), names);
    }

    private static bool Is(Member member, string local, string ns, ref int wildcard)
    {
        if (member.Element is not null)
        {
            return member.LocalName == local && member.Namespace == ns;
        }

        if (wildcard < 0 && member.Wildcard!.Allows(ns))
        {
            wildcard = member.Rank;
        }

        return false;
    }
}
