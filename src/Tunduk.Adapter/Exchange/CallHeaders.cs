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

    public string? Client { get; private init; }

    public string? Id { get; private init; }

    public string? UserId { get; private init; }

    public string? Issue { get; private init; }

    public string? RepresentedParty { get; private init; }

    /// <summary>Reads them; a header given twice is refused, since two readers could choose differently.</summary>
    public static Outcome<CallHeaders> Read(IHeaderDictionary headers)
    {
        foreach (var name in new[] { ClientName, IdName, UserIdName, IssueName, RepresentedPartyName })
        {
            if (headers.TryGetValue(name, out var values) && values.Count > 1)
            {
                return new ExchangeError(ExchangeStage.Decode, ExchangeCodes.HeaderDuplicate) { Path = name, Expected = "one value", Found = $"{values.Count} values" };
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

    private static string? Value(StringValues values) => values.Count == 0 ? null : values[0]?.Trim();
}
