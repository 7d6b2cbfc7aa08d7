using Tunduk.Evidence.Log;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange;

/// <summary>The X-Road values as headers for the own information system. An allow-list: nothing else crosses.</summary>
internal static class ForwardedHeaders
{
    public static IReadOnlyList<KeyValuePair<string, string>> Of(SoapHeaders headers, RecordId record)
    {
        var list = new List<KeyValuePair<string, string>>
        {
            new(CallHeaders.ClientName, headers.Client.ToString()),
            new("X-Road-Service", headers.Service!.Value.ToString()),
            new(CallHeaders.IdName, Ascii(headers.Id)),
            new("X-Tunduk-Record", record.ToString()),
        };
        if (headers.UserId is not null)
        {
            list.Add(new(CallHeaders.UserIdName, Ascii(headers.UserId)));
        }

        if (headers.Issue is not null)
        {
            list.Add(new(CallHeaders.IssueName, Ascii(headers.Issue)));
        }

        if (headers.RepresentedParty is { } party)
        {
            list.Add(new(CallHeaders.RepresentedPartyName, Ascii(party.ToString())));
        }

        return list;
    }

    // A header value is ASCII on the wire; what is not, and what could end the line, is percent-encoded (RFC 3986 §2.1).
    private static string Ascii(string value) =>
        value.All(c => c is >= ' ' and < '\u007f' and not '%') ? value : Uri.EscapeDataString(value);
}
