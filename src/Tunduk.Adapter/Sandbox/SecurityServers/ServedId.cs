namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>A service of a subsystem: <c>instance/class/code/subsystem/service[/version]</c>. REST services have no version.</summary>
internal readonly record struct ServedId(ParticipantId Provider, string ServiceCode, string? ServiceVersion)
{
    public static ServedId Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length is not (5 or 6) || Array.Exists(parts, static part => part.Length == 0))
        {
            throw new FormatException("expected instance/class/code/subsystem/service[/version]");
        }

        return new ServedId(
            new ParticipantId(parts[0], parts[1], parts[2], parts[3]), parts[4], parts.Length == 6 ? parts[5] : null);
    }

    public override string ToString() =>
        ServiceVersion is null ? $"{Provider}/{ServiceCode}" : $"{Provider}/{ServiceCode}/{ServiceVersion}";
}
