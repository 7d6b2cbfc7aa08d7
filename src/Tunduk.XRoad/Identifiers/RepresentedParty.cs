namespace Tunduk.XRoad.Identifiers;

/// <summary>
/// The party on whose behalf a client speaks (third-party representation extension, PR-MESS Annex, PR-REST 4.3):
/// <c>[class/]code</c>.
/// </summary>
public readonly record struct RepresentedParty
{
    private const string Form = "[class/]code";

    private RepresentedParty(string? partyClass, string partyCode)
    {
        PartyClass = partyClass;
        PartyCode = partyCode;
    }

    public string? PartyClass { get; }

    public string PartyCode { get; }

    public bool IsDefault => PartyCode is null;

    public static bool TryParse(string? text, out RepresentedParty party, out IdentifierFault fault)
    {
        party = default;
        return IdentifierText.Split(text, 1, 2, Form, out string[] p, out fault)
            && TryCreate(p.Length == 2 ? p[0] : null, p[^1], IdentifierRules.Strict, out party, out fault);
    }

    /// <summary>The percent-encoded form of the header X-Road-Represented-Party.</summary>
    public static bool TryParseEncoded(string? text, IdentifierRules rules, out RepresentedParty party, out IdentifierFault fault)
    {
        party = default;
        if (!IdentifierText.Split(text, 1, 2, Form, out string[] p, out fault)
            || !IdentifierText.TryDecode(p[0], Form, out p[0], out fault)
            || (p.Length == 2 && !IdentifierText.TryDecode(p[1], Form, out p[1], out fault)))
        {
            return false;
        }

        return TryCreate(p.Length == 2 ? p[0] : null, p[^1], rules, out party, out fault);
    }

    public static bool TryCreate(string? partyClass, string? partyCode, IdentifierRules rules, out RepresentedParty party, out IdentifierFault fault)
    {
        party = default;
        fault = IdentifierFault.None;
        if ((partyClass is not null && !rules.Check(partyClass, "partyClass", out fault)) || !rules.Check(partyCode, "partyCode", out fault))
        {
            return false;
        }

        party = new RepresentedParty(partyClass, partyCode!);
        return true;
    }

    public string ToEncodedString() => IsDefault ? string.Empty
        : PartyClass is null ? IdentifierText.Encode(PartyCode) : $"{IdentifierText.Encode(PartyClass)}/{IdentifierText.Encode(PartyCode)}";

    public override string ToString() => PartyClass is null ? PartyCode ?? string.Empty : $"{PartyClass}/{PartyCode}";
}
