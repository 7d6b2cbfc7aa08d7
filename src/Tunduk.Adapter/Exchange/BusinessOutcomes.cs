using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Resources;
using Tunduk.XRoad.Contracts.Outcomes;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// Business outcomes as the archive, the metrics and the answers of <c>/v1/services</c> show them: what a verified,
/// filtered answer says by the rules beside its contract (proto/MAPPING.md "Business outcomes").
/// </summary>
internal static class BusinessOutcomes
{
    /// <summary>Header of an answer whose contract has rules: the outcome's name. A refusal never has it.</summary>
    public const string Header = "X-Tunduk-Outcome";

    private static readonly ResourceManager Titles = new("Tunduk.Adapter.Exchange.Outcomes", typeof(BusinessOutcomes).Assembly);
    private static readonly FrozenSet<string> Known = Enum.GetValues<BusinessOutcome>().Select(OutcomeRules.Name).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>True for the name of an outcome.</summary>
    public static bool Knows(string name) => Known.Contains(name);

    /// <summary>What the outcome means, for people.</summary>
    public static string Title(string name) => Titles.GetString(name, CultureInfo.InvariantCulture) ?? name;

    /// <summary>
    /// The HTTP status that goes with the answer on <c>/v1/services/{alias}</c>; the body stays the answer. None of them can
    /// be taken for a redirect, and a 401 would ask the client for another key.
    /// </summary>
    public static int StatusOf(BusinessOutcome outcome) => (int)(outcome switch
    {
        BusinessOutcome.Ok => HttpStatusCode.OK,
        BusinessOutcome.NotFound => HttpStatusCode.NotFound,
        BusinessOutcome.Many => HttpStatusCode.Conflict,
        BusinessOutcome.BadRequest => HttpStatusCode.UnprocessableEntity,
        BusinessOutcome.Denied => HttpStatusCode.Forbidden,
        _ => HttpStatusCode.BadGateway,
    });
}
