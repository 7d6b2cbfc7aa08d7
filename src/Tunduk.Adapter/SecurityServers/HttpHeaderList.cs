namespace Tunduk.Adapter.SecurityServers;

/// <summary>The headers of an answer as they came.</summary>
internal static class HttpHeaderList
{
    /// <summary>Every field line, those of the content included.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(HttpResponseMessage response)
    {
        var list = new List<KeyValuePair<string, string>>();
        foreach (var header in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            foreach (var value in header.Value)
            {
                list.Add(new(header.Key, value));
            }
        }

        return list;
    }
}
