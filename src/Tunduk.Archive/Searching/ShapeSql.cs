using System.Globalization;

namespace Tunduk.Archive.Searching;

/// <summary>Conditions on metadata as SQL for the tables that all stores have: shape and name. Parameters are $1, $2 … in order.</summary>
internal sealed class ShapeSql
{
    private readonly List<string> where = [];

    /// <summary>Values of the parameters: long or string.</summary>
    public List<object> Parameters { get; } = [];

    /// <summary>A statement that gives the numbers of the shapes that match.</summary>
    public string Text { get; }

    public ShapeSql(SearchQuery query)
    {
        Names("counterparty", query.Counterparty is { } counterparty ? [counterparty] : null);
        Names("own", query.OwnSubsystem is { } own ? [own] : null);
        Names("service", query.Service is { } service ? [service] : null);
        Names("agreement", query.Agreement is { } agreement ? [agreement] : null);
        Names("stage", query.Stage is { } stage ? [stage] : null);
        Names("code", query.Code is { } code ? [code] : null);
        Names("own", query.OwnSubsystems);
        Names("counterparty", query.Counterparties);
        Names("service", query.Services);
        Numbers("signature", query.Signature is { } signature ? [(long)signature] : []);
        Numbers("role", query.Role is { } role ? [(long)role] : []);
        Numbers("kind", [.. query.Kinds.Select(static kind => (long)kind)]);
        Text = "SELECT id FROM shape" + (where.Count == 0 ? "" : " WHERE " + string.Join(" AND ", where));
    }

    private void Names(string column, IReadOnlyList<string>? values)
    {
        if (values is not null)
        {
            where.Add(values.Count == 0 ? "1 = 0" : $"{column} IN (SELECT id FROM name WHERE text IN ({string.Join(", ", values.Select(value => Parameter(value)))}))");
        }
    }

    private void Numbers(string column, long[] values)
    {
        if (values.Length > 0)
        {
            where.Add($"{column} IN ({string.Join(", ", values.Select(value => Parameter(value)))})");
        }
    }

    private string Parameter(object value)
    {
        Parameters.Add(value);
        return "$" + Parameters.Count.ToString(CultureInfo.InvariantCulture);
    }
}
