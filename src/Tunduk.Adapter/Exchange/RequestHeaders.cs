using System.Globalization;
using System.Text;
using Tunduk.Adapter.Contracts;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange;

/// <summary>The X-Road headers of a request of our own.</summary>
internal static class RequestHeaders
{
    private const int Longest = 1_000;
    private static readonly char[] Space = [' ', '\t', '\r', '\n'];

    /// <summary>Makes them from what the information system gave; who must be named is asked at Authorize, where the agreement is known.</summary>
    public static Outcome<SoapHeaders> Make(ConsumedService service, CallHeaders given)
    {
        RepresentedParty? party = null;
        if (given.RepresentedParty is not null)
        {
            if (!RepresentedParty.TryParse(given.RepresentedParty, out var parsed, out var fault))
            {
                return Invalid(CallHeaders.RepresentedPartyName, fault.Expected, fault.Found);
            }

            party = parsed;
        }

        return Check(new SoapHeaders
        {
            Client = service.Client,
            Service = service.Service,

            // A version 4 UUID from the system's generator: constant ids are the commonest fault in the field.
            Id = string.IsNullOrEmpty(given.Id) ? Guid.NewGuid().ToString() : given.Id,
            UserId = Present(given.UserId),
            Issue = Present(given.Issue),
            RepresentedParty = party,
        });
    }

    /// <summary>Headers as they will leave: only characters that survive every hand on the way, and that a reader can see.</summary>
    public static Outcome<SoapHeaders> Check(SoapHeaders headers)
    {
        foreach (var (name, value) in new[] { (CallHeaders.IdName, headers.Id), (CallHeaders.UserIdName, headers.UserId), (CallHeaders.IssueName, headers.Issue) })
        {
            if (value is not null && (value.Length > Longest || !value.EnumerateRunes().All(IsPrintable)))
            {
                return Invalid(name, RefusalPhrases.Of("up_to_printable_characters", Longest), value.Length > Longest ? RefusalPhrases.Of("characters", value.Length) : RefusalPhrases.Of("control_format_or_unassigned_character"));
            }
        }

        // The id goes back in a header of the answer, and into counterparties' logs.
        if (headers.Id.Length > 0 && !IsId(headers.Id))
        {
            return Invalid(CallHeaders.IdName, RefusalPhrases.Of("visible_ascii_characters"), RefusalPhrases.Of("another_character"));
        }

        var fault = headers.Validate();
        return fault.IsNone ? headers : Invalid(fault.Path, fault.Expected, fault.Found);
    }

    /// <summary>True for a message id that may leave, and come back in a header.</summary>
    public static bool IsId(string? id) => id is { Length: > 0 and <= Longest } && id.All(static c => c is > ' ' and <= '~');

    /// <summary>
    /// The same for an envelope, whose values are texts of any script: white space around them (clients that indent their
    /// XML) means nothing and does not leave.
    /// </summary>
    public static Outcome<SoapHeaders> CheckSoap(SoapHeaders headers)
    {
        var trimmed = headers with { Id = headers.Id.Trim(Space), UserId = headers.UserId?.Trim(Space), Issue = headers.Issue?.Trim(Space) };
        foreach (var (name, value) in new[] { ("Header/id", trimmed.Id), ("Header/userId", trimmed.UserId), ("Header/issue", trimmed.Issue) })
        {
            if (value is not null && (value.Length > Longest || !value.EnumerateRunes().All(IsPrintable)))
            {
                return Invalid(name, RefusalPhrases.Of("up_to_printable_characters", Longest), value.Length > Longest ? RefusalPhrases.Of("characters", value.Length) : RefusalPhrases.Of("control_format_or_unassigned_character"));
            }
        }

        var fault = trimmed.Validate();
        return fault.IsNone ? trimmed : Invalid(fault.Path, fault.Expected, fault.Found);
    }

    // Neither what XML cannot hold nor what a reader cannot see (bidirectional marks, zero-width characters).
    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.PrivateUse or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static string? Present(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private static ExchangeError Invalid(string path, string expected, string found) =>
        new(ExchangeStage.Decode, ExchangeCodes.HeaderInvalid) { Path = path, Expected = expected, Found = found };
}
