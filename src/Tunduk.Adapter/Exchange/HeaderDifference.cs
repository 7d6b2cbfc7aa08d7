using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Exchange;

/// <summary>What two versions of a service's terms do otherwise with headers: those of HTTP, of SOAP, and of attachments.</summary>
internal static class HeaderDifference
{
    /// <summary>Each header that one of the two lists and the other does not; such a name is no text of the sender.</summary>
    public static IEnumerable<FieldDifference> Between(AgreementService inForce, AgreementService would, string side, IEnumerable<string> names)
    {
        var now = Listed(inForce, side);
        var then = Listed(would, side);
        return names.Where(name => now.Contains(name) != then.Contains(name)).GroupBy(static name => name.ToLowerInvariant(), StringComparer.Ordinal).Select(group => now.Contains(group.Key)
            ? new FieldDifference("header/" + group.Key, FieldAction.Allow, FieldAction.Remove, group.Count())
            : new FieldDifference("header/" + group.Key, FieldAction.Remove, FieldAction.Allow, group.Count()));
    }

    /// <summary>Counts what the shadow version would do otherwise with the headers of a message that passes.</summary>
    public static void Note(ExchangeRun run, string side, IEnumerable<string> names)
    {
        if (run is { Shadow: { } shadow, Terms: { } terms })
        {
            foreach (var difference in Between(terms, shadow, side, names))
            {
                run.Account?.Differs(run, difference.ToString(), difference.Count);
            }
        }
    }

    private static IReadOnlySet<string> Listed(AgreementService terms, string side) => side == FieldList.Request ? terms.RequestHeaders : terms.ResponseHeaders;
}
