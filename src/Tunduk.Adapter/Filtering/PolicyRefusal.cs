namespace Tunduk.Adapter.Filtering;

/// <summary>
/// Why the policy (agreement or field list) does not let something pass. Every member may be shown outside:
/// <see cref="Found"/> is a type, a length or a name, never a value of a field.
/// </summary>
/// <param name="Code">Stable code in snake_case, for programs.</param>
/// <param name="Path">Field path, header name or agreement key the refusal is about; empty for the whole message.</param>
/// <param name="Expected">What would have been accepted.</param>
/// <param name="Found">What was there: a type, a length or a name.</param>
/// <param name="Remedy">What the reader can do about it.</param>
internal sealed record PolicyRefusal(string Code, string Path, string Expected, string Found, string Remedy)
{
    /// <summary>How long to wait before asking again; null where the refusal is no matter of time.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
