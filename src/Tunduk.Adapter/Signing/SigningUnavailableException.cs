namespace Tunduk.Adapter.Signing;

/// <summary>A key that cannot sign now: a token that is slow, gone or blocked. <see cref="Code"/> is of the closed list of refusals.</summary>
internal sealed class SigningUnavailableException(string code, string found, Exception? inner = null) : Exception($"{code}: {found}", inner)
{
    public string Code { get; } = code;

    /// <summary>What was found instead of a signature: a count, a time, a name.</summary>
    public string Found { get; } = found;
}
