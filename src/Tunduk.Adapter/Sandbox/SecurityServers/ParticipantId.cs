using System.Diagnostics.CodeAnalysis;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>
/// A member (<c>instance/class/code</c>) or subsystem (<c>instance/class/code/subsystem</c>) as the simulated security
/// servers know it. Kept apart from the adapter's own identifiers on purpose: the simulation judges them.
/// </summary>
internal readonly record struct ParticipantId(string Instance, string MemberClass, string MemberCode, string? SubsystemCode)
{
    public ParticipantId Member => this with { SubsystemCode = null };

    public static ParticipantId Parse(string text) =>
        TryParse(text, out ParticipantId id) ? id : throw new FormatException("expected instance/class/code[/subsystem]");

    public static bool TryParse([NotNullWhen(true)] string? text, out ParticipantId id)
    {
        string[] parts = text?.Split('/') ?? [];
        bool valid = parts.Length is 3 or 4 && Array.TrueForAll(parts, static part => part.Length > 0);
        id = valid ? new ParticipantId(parts[0], parts[1], parts[2], parts.Length == 4 ? parts[3] : null) : default;
        return valid;
    }

    public override string ToString() =>
        SubsystemCode is null ? $"{Instance}/{MemberClass}/{MemberCode}" : $"{Instance}/{MemberClass}/{MemberCode}/{SubsystemCode}";
}
