using System.Text;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Rest;

namespace Tunduk.Adapter.Exchange;

/// <summary>What two versions of a service's terms do otherwise with one REST message that both let through: query, headers, body.</summary>
internal static class RestDifference
{
    public static IReadOnlyList<FieldDifference> Between(AgreementService inForce, AgreementService would, string side, RestMessage message, bool isError)
    {
        var isRequest = side == FieldList.Request;
        var found = new List<FieldDifference>();
        if (isRequest)
        {
            Query(found, inForce.RequestFields, would.RequestFields, message.RawQuery);
        }

        found.AddRange(HeaderDifference.Between(inForce, would, side, message.Headers.Select(static header => header.Key).Where(static name => !RestHeaderNames.IsDropped(name))));
        if (RestPolicy.IsReadableJson(message))
        {
            var (now, then) = isRequest ? (inForce.RestBodyFields, would.RestBodyFields) : isError ? (inForce.RestErrorFields(true), would.RestErrorFields(true)) : (inForce.ResponseFields, would.ResponseFields);
            found.AddRange(FieldDifference.Between(now, then, message.Body.Bytes.Span));
        }

        return [.. found.GroupBy(static difference => (difference.Path, difference.InForce, difference.Would)).Select(static group => group.First() with { Count = group.Sum(static difference => difference.Count) })];
    }

    private static void Query(List<FieldDifference> found, FieldList inForce, FieldList would, string? rawQuery)
    {
        foreach (var pair in (rawQuery ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!QueryFilter.TryDecode(pair.Split('=', 2)[0], out var name))
            {
                continue;
            }

            var now = inForce.ActionFor(Find(inForce, name, out var shownNow));
            var then = would.ActionFor(Find(would, name, out var shownThen));
            if (now != then)
            {
                found.Add(new FieldDifference(now == FieldAction.Allow ? shownNow : shownThen, now, then, 1));
            }
        }
    }

    private static FieldNode? Find(FieldList list, string name, out string shown)
    {
        var query = Child(list.Flat, "query");
        var node = query is null ? null : Child(query, name);
        shown = node?.Path ?? "query/" + RemovedField.Unlisted;
        return node;
    }

    private static FieldNode? Child(FieldNode parent, string name)
    {
        var utf8 = Encoding.UTF8.GetBytes(name);
        return parent.Child(utf8, NameTable.Hash(utf8));
    }
}
