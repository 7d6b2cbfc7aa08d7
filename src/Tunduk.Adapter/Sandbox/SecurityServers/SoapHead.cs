namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>What a security server reads of a SOAP message: the X-Road header fields and the name of the body's element.</summary>
internal sealed class SoapHead
{
    public ParticipantId? Client { get; set; }

    public ServedId? Service { get; set; }

    public string? SecurityServer { get; set; }

    public string? Id { get; set; }

    public string? UserId { get; set; }

    public string? Issue { get; set; }

    public string? ProtocolVersion { get; set; }

    public (string? Class, string Code)? RepresentedParty { get; set; }

    public string? RequestHash { get; set; }

    public string? BodyElement { get; set; }

    public string? BodyNamespace { get; set; }

    public bool IsFault { get; set; }

    public bool IsResponse => BodyElement?.EndsWith("Response", StringComparison.Ordinal) == true;

    /// <summary>The first field a response does not repeat as the request had it, or null (the consumer's server compares these six).</summary>
    public string? FirstDifference(SoapHead response) =>
        Client != response.Client ? "client"
        : Service != response.Service ? "service"
        : UserId != response.UserId ? "userId"
        : RepresentedParty != response.RepresentedParty ? "representedParty"
        : Issue != response.Issue ? "issue"
        : Id != response.Id ? "id"
        : null;
}
