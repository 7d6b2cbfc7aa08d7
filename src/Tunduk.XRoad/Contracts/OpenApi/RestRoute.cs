namespace Tunduk.XRoad.Contracts.OpenApi;

/// <summary>
/// The operation of an OpenAPI description that a method and a path mean. One X-Road service is one description, with as many
/// operations as it has paths and methods (X-Road REST protocol §4.1).
/// </summary>
/// <param name="Operation">The operation.</param>
/// <param name="Values">The values of the path's parameters, decoded, by name.</param>
public sealed record RestRoute(Operation Operation, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>Finds the operation; null where the description has none. A path written out goes before one with parameters.</summary>
    /// <param name="contract">The description.</param>
    /// <param name="method">The method, in capitals.</param>
    /// <param name="segments">The decoded segments of the path behind the service code.</param>
    public static RestRoute? Find(Contract contract, string method, IReadOnlyList<string> segments)
    {
        RestRoute? found = null;
        foreach (var operation in contract.Operations)
        {
            if (operation.Rest is { } rest && rest.Method == method && Match(rest.Path, segments) is { } values && (found is null || values.Count < found.Values.Count))
            {
                found = new RestRoute(operation, values);
            }
        }

        return found;
    }

    private static Dictionary<string, string>? Match(string template, IReadOnlyList<string> segments)
    {
        var parts = template.Trim('/') is { Length: > 0 } path ? path.Split('/') : [];
        if (parts.Length != segments.Count)
        {
            return null;
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length > 2 && parts[i][0] == '{' && parts[i][^1] == '}')
            {
                values[parts[i][1..^1]] = segments[i];
            }
            else if (parts[i] != segments[i])
            {
                return null;
            }
        }

        return values;
    }
}
