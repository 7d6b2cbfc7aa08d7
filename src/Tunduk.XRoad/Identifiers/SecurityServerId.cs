namespace Tunduk.XRoad.Identifiers;

/// <summary>A security server: <c>instance/class/member/server</c> (PR-MESS 2.1, objectType SERVER).</summary>
public readonly record struct SecurityServerId
{
    private const string Form = "instance/class/member/server";

    private SecurityServerId(ClientId owner, string serverCode)
    {
        Owner = owner;
        ServerCode = serverCode;
    }

    /// <summary>The member that owns the server (never a subsystem).</summary>
    public ClientId Owner { get; }

    public string ServerCode { get; }

    public bool IsDefault => ServerCode is null;

    /// <summary>For constants and tests; input goes through TryParse.</summary>
    /// <exception cref="FormatException">The text is not of the form; the message names part and character class, not the text.</exception>
    public static SecurityServerId Parse(string text) =>
        TryParse(text, out SecurityServerId id, out IdentifierFault fault) ? id : throw new FormatException(fault.ToString());

    public static bool TryParse(string? text, out SecurityServerId id) => TryParse(text, out id, out _);

    public static bool TryParse(string? text, out SecurityServerId id, out IdentifierFault fault)
    {
        id = default;
        return IdentifierText.Split(text, 4, 4, Form, out string[] p, out fault)
            && TryCreate(p[0], p[1], p[2], p[3], IdentifierRules.Strict, out id, out fault);
    }

    /// <summary>The percent-encoded form of the header X-Road-Security-Server (PR-REST 4.3).</summary>
    public static bool TryParseEncoded(string? text, IdentifierRules rules, out SecurityServerId id, out IdentifierFault fault)
    {
        id = default;
        if (!IdentifierText.Split(text, 4, 4, Form, out string[] p, out fault))
        {
            return false;
        }

        for (int i = 0; i < p.Length; i++)
        {
            if (!IdentifierText.TryDecode(p[i], Form, out p[i], out fault))
            {
                return false;
            }
        }

        return TryCreate(p[0], p[1], p[2], p[3], rules, out id, out fault);
    }

    public static bool TryCreate(
        string? instance,
        string? memberClass,
        string? memberCode,
        string? serverCode,
        IdentifierRules rules,
        out SecurityServerId id,
        out IdentifierFault fault)
    {
        id = default;
        if (!ClientId.TryCreate(instance, memberClass, memberCode, null, rules, out ClientId owner, out fault)
            || !rules.Check(serverCode, "serverCode", out fault))
        {
            return false;
        }

        id = new SecurityServerId(owner, serverCode!);
        return true;
    }

    public string ToXRoadString() => $"SERVER:{this}";

    public string ToEncodedString() => IsDefault ? string.Empty : $"{Owner.ToEncodedString()}/{IdentifierText.Encode(ServerCode)}";

    public override string ToString() => IsDefault ? string.Empty : $"{Owner}/{ServerCode}";
}
