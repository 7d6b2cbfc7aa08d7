namespace Tunduk.Adapter.Grants;

/// <summary>A second person's word for one look, as it travels with the request.</summary>
internal sealed record Approval
{
    /// <summary>The exact text that was signed (<see cref="ApprovalStatement"/>).</summary>
    public required string Statement { get; init; }

    /// <summary>CMS detached signature over the statement (DER, base64).</summary>
    public required byte[] Signature { get; init; }
}
