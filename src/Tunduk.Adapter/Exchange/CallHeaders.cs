using Microsoft.Extensions.Primitives;

namespace Tunduk.Adapter.Exchange;

/// <summary>The X-Road headers an information system gives on REST (ARCHITECTURE "Listeners and addresses").</summary>
internal sealed record CallHeaders
{
    public const string ClientName = "X-Road-Client";
    public const string IdName = "X-Road-Id";
    public const string UserIdName = "X-Road-UserId";
    public const string IssueName = "X-Road-Issue";
    public const string RepresentedPartyName = "X-Road-Represented-Party";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Names { get; } = [ClientName, IdName, UserIdName, IssueName, RepresentedPartyName];

    public string? Client { get; private init; }

    public string? Id { get; private init; }

    public string? UserId { get; private init; }

    public string? Issue { get; private init; }

    public string? RepresentedParty { get; private init; }

    /// <summary>Reads them; a header given twice is refused, since two readers could choose differently.</summary>
    public static Outcome<CallHeaders> Read(IHeaderDictionary headers)
    {
        foreach (var name in Names)
        {
            if (headers.TryGetValue(name, out var values) && values.Count > 1)
            {
                return new ExchangeError(ExchangeStage.Decode, ExchangeCodes.HeaderDuplicate) { Path = name, Expected = RefusalPhrases.Of("one_value"), Found = RefusalPhrases.Of("values", values.Count) };
            }
        }

        return new CallHeaders
        {
            Client = Value(headers[ClientName]),
            Id = Value(headers[IdName]),
            UserId = Value(headers[UserIdName]),
            Issue = Value(headers[IssueName]),
            RepresentedParty = Value(headers[RepresentedPartyName]),
        };
    }

    /// <summary>These with the values of a message put in; what is said twice and differently is refused, since two readers could choose differently.</summary>
    public Outcome<CallHeaders> With(string client, string id, string userId, string issue, string representedParty)
    {
        foreach (var (name, header, field) in new[] { (ClientName, Client, client), (IdName, Id, id), (UserIdName, UserId, userId), (IssueName, Issue, issue), (RepresentedPartyName, RepresentedParty, representedParty) })
        {
            if (header is not null && field.Length > 0 && header != field.Trim())
            {
                return new ExchangeError(ExchangeStage.Decode, ExchangeCodes.HeaderDuplicate) { Path = name, Expected = RefusalPhrases.Of("one_value"), Found = RefusalPhrases.Of("one_in_metadata_another_in_message") };
            }
        }

        return new CallHeaders
        {
            Client = Given(client) ?? Client,
            Id = Given(id) ?? Id,
            UserId = Given(userId) ?? UserId,
            Issue = Given(issue) ?? Issue,
            RepresentedParty = Given(representedParty) ?? RepresentedParty,
        };
    }

    private static string? Given(string field) => field.Length == 0 ? null : field.Trim();

    private static string? Value(StringValues values) => values.Count == 0 ? null : values[0]?.Trim();
}
