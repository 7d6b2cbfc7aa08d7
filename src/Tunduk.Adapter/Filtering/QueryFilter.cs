using System.Text;
using System.Text.RegularExpressions;
using Tunduk.Adapter.Exchange;
using Tunduk.XRoad.Rest;

namespace Tunduk.Adapter.Filtering;

/// <summary>
/// Applies a list to name-value pairs joined by <c>&amp;</c>: the query of an address (RFC 3986 §3.4) or a form body. What
/// is listed leaves byte for byte as it came. Names are compared after exactly one decoding; a pair that a second reader
/// could decode again, or cut at another place, refuses the message.
/// </summary>
internal static partial class QueryFilter
{
    /// <summary>More pairs are no query any more.</summary>
    public const int MaxPairs = 1_000;

    /// <summary>Filters the pairs; <paramref name="output"/> is null with a refusal.</summary>
    /// <param name="list">The list the node belongs to.</param>
    /// <param name="parameters">The node whose children are the names; null: none is listed.</param>
    /// <param name="place">How the parameters are called in refusals, such as <c>query</c>.</param>
    /// <param name="raw">The pairs as they stand on the wire.</param>
    /// <param name="output">The pairs that pass.</param>
    public static FilterResult Apply(FieldList list, FieldNode? parameters, string place, string raw, out string? output)
    {
        output = null;
        string[] pairs = raw.Split('&', MaxPairs + 1);
        if (pairs.Length > MaxPairs)
        {
            return FilterResult.Refused(Ambiguous(place, RefusalPhrases.Of("at_most_parameters", MaxPairs), RefusalPhrases.Of("more")));
        }

        FieldNode parent = parameters ?? new FieldNode(place, 0, FieldAction.Unlisted);
        Dictionary<(string Path, bool Blanked), int> removed = [];
        StringBuilder kept = new(raw.Length);
        foreach (string pair in pairs)
        {
            if (pair.Length == 0)
            {
                continue;
            }

            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            string rawName = equals < 0 ? pair : pair[..equals];
            if (!TryDecode(rawName, out string name) || (equals >= 0 && !TryDecode(pair[(equals + 1)..], out _)))
            {
                return FilterResult.Refused(Ambiguous(place, RefusalPhrases.Of("names_and_values_that_are_percent"), RefusalPhrases.Of("one_that_is_not")));
            }

            byte[] utf8 = Encoding.UTF8.GetBytes(name);
            FieldNode? node = parent.Child(utf8, NameTable.Hash(utf8));
            switch (list.ActionFor(node))
            {
                case FieldAction.Allow:
                    Keep(pair);
                    break;
                case FieldAction.Blank:
                    Keep(rawName + "=");
                    Count((node!.Path, true));
                    break;
                case FieldAction.Refuse:
                    return FilterResult.Refused(new PolicyRefusal("field_not_listed", node?.Path ?? FilterTally.UnknownPath(parent), RefusalPhrases.Of("only_parameters_that_agreement_lists"), RefusalPhrases.Of("parameter_that_it_does_not_list"), RefusalPhrases.Of("leave_parameter_out_or_have_it_added_to")));
                default:
                    Count((node?.Path ?? FilterTally.UnknownPath(parent), false));
                    break;
            }
        }

        // Raw, to the last empty pair, while nothing had to go (PR-REST 4.2).
        output = removed.Count == 0 ? raw : kept.ToString();
        return removed.Count == 0 ? FilterResult.Unchanged : new FilterResult(null, [.. removed.Select(static p => new RemovedField(p.Key.Path, p.Value, p.Key.Blanked))]);

        void Keep(string pair)
        {
            kept.Append(kept.Length == 0 ? string.Empty : "&").Append(pair);
        }

        void Count((string, bool) key) => removed[key] = removed.GetValueOrDefault(key) + 1;
    }

    /// <summary>
    /// Decodes once; false where the text is broken, holds a raw semicolon (a separator to some readers) or would change
    /// again under a second decoding.
    /// </summary>
    public static bool TryDecode(string raw, out string decoded)
    {
        decoded = string.Empty;
        return !raw.Contains(';', StringComparison.Ordinal)
            && RestPath.TryDecode(raw.Replace('+', ' '), out decoded)
            && !Escape().IsMatch(decoded)
            && !decoded.Any(char.IsControl);
    }

    public static PolicyRefusal Ambiguous(string path, string expected, string found) =>
        new("encoding_ambiguous", path, expected, found, Phrases.Of("Filtering.EncodeEachNameValue"));

    [GeneratedRegex("%[0-9A-Fa-f]{2}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Escape();
}
