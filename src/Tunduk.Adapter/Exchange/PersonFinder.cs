using System.Text;
using Tunduk.Adapter.Agreements;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Exchange;

/// <summary>The persons a message is about: the values at the agreement's person paths.</summary>
internal static class PersonFinder
{
    /// <summary>As many persons of one message are indexed; a longer list is no look-up of a person any more.</summary>
    public const int Most = 1_000;

    /// <summary>In a REST message's address and a body, both as JSON; either may be empty.</summary>
    public static IReadOnlyList<IndexTerm> Find(AgreementService? terms, ReadOnlySpan<byte> address, ReadOnlySpan<byte> json, int maxDepth)
    {
        if (terms is null || terms.Persons.Count == 0)
        {
            return [];
        }

        var values = new List<SealedValue>();
        JsonLeaves.Add(values, address, maxDepth);
        JsonLeaves.Add(values, json, maxDepth);
        return Find(terms, values);
    }

    public static IReadOnlyList<IndexTerm> Find(AgreementService? terms, List<SealedValue> values)
    {
        if (terms is null || terms.Persons.Count == 0)
        {
            return [];
        }

        var found = new HashSet<IndexTerm>();
        foreach (var value in values)
        {
            if (value.Presence != ValuePresence.Present || value.Value.IsEmpty)
            {
                continue;
            }

            foreach (var person in terms.Persons)
            {
                if (found.Count < Most && Matches(value.Path, person) && Enum.TryParse<IndexKind>(person.Kind, ignoreCase: true, out var kind))
                {
                    found.Add(new IndexTerm(kind, value.AsText()));
                }
            }
        }

        return [.. found];
    }

    // Positions in arrays do not matter: every item of a list is meant.
    private static bool Matches(string path, PersonPath person)
    {
        var name = JsonLeaves.WithoutPositions(path);
        var wanted = person.Path.ToString();
        return name.Equals(wanted, StringComparison.Ordinal)
            || (name.Length == person.Side.Length + 1 + wanted.Length
                && name.StartsWith(person.Side, StringComparison.Ordinal)
                && name[person.Side.Length] == '/'
                && name.EndsWith(wanted, StringComparison.Ordinal));
    }
}
