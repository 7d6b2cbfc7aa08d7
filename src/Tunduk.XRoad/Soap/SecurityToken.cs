namespace Tunduk.XRoad.Soap;

/// <summary>
/// The security token header (PR-MESS Annex): passed through, not validated, and written to the security servers' logs. For a JWT the
/// type is <c>urn:ietf:params:oauth:token-type:jwt</c>. X-Road's schema (security-token.xsd) has the attribute as optional and without a
/// namespace; client libraries write it in the namespace of the header too.
/// </summary>
/// <param name="TokenType">The type; null where none is given.</param>
/// <param name="Value">The token.</param>
public readonly record struct SecurityToken(string? TokenType, string Value)
{
    /// <summary>The type stands in the header's own namespace (<c>sec:tokenType</c>), and is written so again.</summary>
    public bool IsTypeQualified { get; init; }

    /// <summary>Without the value: a token is a secret.</summary>
    public override string ToString() => $"token of {(TokenType is null ? "no type" : "type " + TokenType)}, {Value?.Length ?? 0} characters";
}
