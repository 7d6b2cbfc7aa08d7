namespace Tunduk.Adapter.Agreements;

/// <summary>Agreed volumes; null: not limited here.</summary>
/// <param name="PerMinute">Exchanges in any minute.</param>
/// <param name="PerDay">Exchanges on a calendar day.</param>
/// <param name="RequestBytes">Largest request body in bytes.</param>
/// <param name="ResponseBytes">Largest response body in bytes.</param>
internal sealed record AgreementLimits(int? PerMinute, int? PerDay, int? RequestBytes, int? ResponseBytes)
{
    public static readonly AgreementLimits None = new(null, null, null, null);
}
