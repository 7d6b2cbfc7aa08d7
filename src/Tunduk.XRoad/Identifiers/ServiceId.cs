namespace Tunduk.XRoad.Identifiers;

/// <summary>
/// A service of a provider: <c>instance/class/member/subsystem/code[/version]</c>. The slash form is read by position, never by
/// how a part looks: four parts name the provider, the fifth is the code, a sixth is the version, so <c>a/b/c/d/code/v1</c> has
/// version <c>v1</c> and <c>a/b/c/d/v1</c> is a service whose code is <c>v1</c>. A service that hangs on the member itself keeps
/// its empty place: <c>a/b/c//code</c>.
/// </summary>
public readonly record struct ServiceId
{
    private const string Form = "instance/class/member/subsystem/code[/version]";

    private ServiceId(ClientId provider, string code, string? version)
    {
        Provider = provider;
        Code = code;
        Version = version;
    }

    public ClientId Provider { get; }

    public string Code { get; }

    /// <summary>Null where the service has none (many members' services, and every REST service).</summary>
    public string? Version { get; }

    public bool IsDefault => Code is null;

    /// <summary>The name inside its provider: <c>code</c> or <c>code/version</c>, as agreements write it.</summary>
    public string Name => Version is null ? Code : $"{Code}/{Version}";

    /// <summary>For constants and tests; input goes through TryParse.</summary>
    /// <exception cref="FormatException">The text is not of the form; the message names part and character class, not the text.</exception>
    public static ServiceId Parse(string text) =>
        TryParse(text, out ServiceId id, out IdentifierFault fault) ? id : throw new FormatException(fault.ToString());

    public static bool TryParse(string? text, out ServiceId id) => TryParse(text, out id, out _);

    public static bool TryParse(string? text, out ServiceId id, out IdentifierFault fault) =>
        TryParse(text, IdentifierRules.Strict, out id, out fault);

    public static bool TryParse(string? text, IdentifierRules rules, out ServiceId id, out IdentifierFault fault)
    {
        id = default;
        return IdentifierText.Split(text, 5, 6, Form, out string[] p, out fault)
            && ClientId.TryCreate(p[0], p[1], p[2], p[3].Length == 0 ? null : p[3], rules, out ClientId provider, out fault)
            && TryCreate(provider, p[4], p.Length == 6 ? p[5] : null, rules, out id, out fault);
    }

    /// <summary>The name inside a known provider: <c>code[/version]</c>.</summary>
    public static bool TryParseName(ClientId provider, string? name, out ServiceId id, out IdentifierFault fault)
    {
        id = default;
        return IdentifierText.Split(name, 1, 2, "code[/version]", out string[] p, out fault)
            && TryCreate(provider, p[0], p.Length == 2 ? p[1] : null, IdentifierRules.Strict, out id, out fault);
    }

    public static bool TryCreate(
        ClientId provider,
        string? code,
        string? version,
        IdentifierRules rules,
        out ServiceId id,
        out IdentifierFault fault)
    {
        id = default;
        fault = provider.IsDefault ? new IdentifierFault(IdentifierFaultKind.Empty, "provider", -1) : IdentifierFault.None;
        if (provider.IsDefault
            || !rules.Check(code, "serviceCode", out fault)
            || (version is not null && !rules.Check(version, "serviceVersion", out fault)))
        {
            return false;
        }

        id = new ServiceId(provider, code!, version);
        return true;
    }

    /// <summary>X-Road's string form, <c>SERVICE:a/b/c/d/code/v1</c>; an absent subsystem is left out there, so it is written and never read.</summary>
    public string ToXRoadString() => $"SERVICE:{Provider}/{Name}";

    /// <summary>The path of a REST service after <c>/r1/</c> (PR-REST 4.2): every part encoded by itself, no version.</summary>
    public string ToEncodedPath() => IsDefault ? string.Empty : $"{Provider.ToEncodedString()}/{IdentifierText.Encode(Code)}";

    public override string ToString() => IsDefault
        ? string.Empty
        : Provider.IsSubsystem ? $"{Provider}/{Name}" : $"{Provider}//{Name}";
}
