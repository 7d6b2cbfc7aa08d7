namespace Tunduk.XRoad.Soap;

/// <summary>
/// The security token header (PR-MESS Annex): passed through, not validated, and written to the security servers' logs. For a JWT the
/// type is <c>urn:ietf:params:oauth:token-type:jwt</c>.
/// </summary>
public readonly record struct SecurityToken(string TokenType, string Value)
{
    /// <summary>Without the value: a token is a secret.</summary>
    public override string ToString() => $"token of type {TokenType}, {Value?.Length ?? 0} characters";
}
