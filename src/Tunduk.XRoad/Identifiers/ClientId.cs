using System.Diagnostics.CodeAnalysis;

namespace Tunduk.XRoad.Identifiers;

/// <summary>
/// A member of X-Road or one of its subsystems: <c>instance/class/member[/subsystem]</c> (PR-MESS 2.1). Compared by exact text.
/// Made only by <see cref="Parse"/>, <see cref="TryParse(string?, out ClientId)"/> or <see cref="TryCreate"/>; <c>default</c> is no identifier.
/// </summary>
public readonly record struct ClientId
{
    private const string Form = "instance/class/member[/subsystem]";

    private ClientId(string instance, string memberClass, string memberCode, string? subsystemCode)
    {
        Instance = instance;
        MemberClass = memberClass;
        MemberCode = memberCode;
        SubsystemCode = subsystemCode;
    }

    public string Instance { get; }

    public string MemberClass { get; }

    public string MemberCode { get; }

    /// <summary>Null for a member itself.</summary>
    public string? SubsystemCode { get; }

    [MemberNotNullWhen(true, nameof(SubsystemCode))]
    public bool IsSubsystem => SubsystemCode is not null;

    /// <summary>True for the value that was never made.</summary>
    public bool IsDefault => Instance is null;

    public XRoadObjectType ObjectType => IsSubsystem ? XRoadObjectType.Subsystem : XRoadObjectType.Member;

    /// <summary>The member without its subsystem.</summary>
    public ClientId Member => new(Instance, MemberClass, MemberCode, null);

    /// <summary>For constants and tests; input goes through TryParse.</summary>
    /// <exception cref="FormatException">The text is not of the form; the message names part and character class, not the text.</exception>
    public static ClientId Parse(string text) =>
        TryParse(text, out ClientId id, out IdentifierFault fault) ? id : throw new FormatException(fault.ToString());

    public static bool TryParse(string? text, out ClientId id) => TryParse(text, out id, out _);

    public static bool TryParse(string? text, out ClientId id, out IdentifierFault fault) =>
        TryParse(text, IdentifierRules.Strict, out id, out fault);

    public static bool TryParse(string? text, IdentifierRules rules, out ClientId id, out IdentifierFault fault)
    {
        id = default;
        return IdentifierText.Split(text, 3, 4, Form, out string[] p, out fault)
            && TryCreate(p[0], p[1], p[2], p.Length == 4 ? p[3] : null, rules, out id, out fault);
    }

    /// <summary>From its parts; a null <paramref name="subsystemCode"/> makes a member, an empty one is a fault.</summary>
    public static bool TryCreate(
        string? instance,
        string? memberClass,
        string? memberCode,
        string? subsystemCode,
        IdentifierRules rules,
        out ClientId id,
        out IdentifierFault fault)
    {
        id = default;
        if (!rules.Check(instance, "xRoadInstance", out fault)
            || !rules.Check(memberClass, "memberClass", out fault)
            || !rules.Check(memberCode, "memberCode", out fault)
            || (subsystemCode is not null && !rules.Check(subsystemCode, "subsystemCode", out fault)))
        {
            return false;
        }

        id = new ClientId(instance!, memberClass!, memberCode!, subsystemCode);
        return true;
    }

    /// <summary>The percent-encoded form of REST headers and paths (PR-REST 4.3): each part encoded by itself.</summary>
    public static bool TryParseEncoded(string? text, IdentifierRules rules, out ClientId id, out IdentifierFault fault)
    {
        id = default;
        if (!IdentifierText.Split(text, 3, 4, Form, out string[] p, out fault))
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

        return TryCreate(p[0], p[1], p[2], p.Length == 4 ? p[3] : null, rules, out id, out fault);
    }

    /// <summary>X-Road's string form: <c>MEMBER:a/b/c</c> or <c>SUBSYSTEM:a/b/c/d</c>.</summary>
    public string ToXRoadString() => (IsSubsystem ? "SUBSYSTEM:" : "MEMBER:") + ToString();

    public static bool TryParseXRoadString(string? text, out ClientId id, out IdentifierFault fault)
    {
        bool subsystem = text is not null && text.StartsWith("SUBSYSTEM:", StringComparison.Ordinal);
        if (!subsystem && (text is null || !text.StartsWith("MEMBER:", StringComparison.Ordinal)))
        {
            id = default;
            fault = new IdentifierFault(IdentifierFaultKind.WrongObjectType, Phrases.Of("Identifiers.MemberSubsystem"), 0);
            return false;
        }

        if (TryParse(text![(text!.IndexOf(':', StringComparison.Ordinal) + 1)..], out id, out fault) && id.IsSubsystem != subsystem)
        {
            fault = new IdentifierFault(subsystem ? IdentifierFaultKind.TooFewParts : IdentifierFaultKind.TooManyParts, Form, -1);
            id = default;
        }

        return fault.IsNone;
    }

    public string ToEncodedString() => IsDefault ? string.Empty : string.Concat(
        IdentifierText.Encode(Instance) + "/" + IdentifierText.Encode(MemberClass),
        "/" + IdentifierText.Encode(MemberCode),
        IsSubsystem ? "/" + IdentifierText.Encode(SubsystemCode) : null);

    /// <summary>The slash form, canonical everywhere in this project.</summary>
    public override string ToString() => IsDefault
        ? string.Empty
        : IsSubsystem ? $"{Instance}/{MemberClass}/{MemberCode}/{SubsystemCode}" : $"{Instance}/{MemberClass}/{MemberCode}";
}
