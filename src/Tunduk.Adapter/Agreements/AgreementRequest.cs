namespace Tunduk.Adapter.Agreements;

/// <summary>What <see cref="AgreementAuthorizer"/> needs to know of a request.</summary>
/// <param name="FromOwnSystem">It comes from our own IS (consumer side): userId and issue are always mandatory then.</param>
/// <param name="UserId">As received.</param>
/// <param name="Issue">As received.</param>
/// <param name="RepresentedParty">As received, <c>class/code</c> or <c>code</c>.</param>
/// <param name="Environment">The environment this adapter serves; null: not checked.</param>
/// <param name="Now">The moment of the request.</param>
internal sealed record AgreementRequest(bool FromOwnSystem, string? UserId, string? Issue, string? RepresentedParty, AgreementEnvironment? Environment, DateTimeOffset Now);
