namespace Tunduk.Adapter.Agreements;

/// <summary>A stop of the exchange under an agreement (joining agreement clause 4, model SLA 7.4).</summary>
/// <param name="Agreement">Id of the agreement.</param>
/// <param name="From">When it begins.</param>
/// <param name="Until">When it ends by itself; null: until lifted.</param>
/// <param name="Reason">Why, in the words of who ordered it.</param>
/// <param name="By">Who ordered it.</param>
internal sealed record AgreementSuspension(string Agreement, DateTimeOffset From, DateTimeOffset? Until, string Reason, string By)
{
    public bool Covers(DateTimeOffset now) => now >= From && (Until is null || now < Until);
}
