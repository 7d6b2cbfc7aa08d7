using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Agreements;

/// <summary>The judgement of <see cref="AgreementAuthorizer"/>.</summary>
/// <param name="Refusal">Why not; null: the request may go on.</param>
/// <param name="Issue">The basis that counts: the caller's, or the agreement's default.</param>
/// <param name="Noted">Names of what was absent or a placeholder and tolerated, for the archive and the counters.</param>
internal sealed record AgreementDecision(PolicyRefusal? Refusal, string? Issue, IReadOnlyList<string> Noted)
{
    public bool IsAllowed => Refusal is null;
}
