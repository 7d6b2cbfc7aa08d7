namespace Tunduk.Adapter.Agreements;

/// <summary>Agreed volumes; null: not limited here. Those of the agreement and those of a service hold both.</summary>
/// <param name="PerMinute">Exchanges in any minute.</param>
/// <param name="PerDay">Exchanges on a calendar day.</param>
/// <param name="BytesPerDay">Bytes of request and response bodies on a calendar day; the exchange that passes it is the last.</param>
/// <param name="RequestBytes">Largest request body in bytes.</param>
/// <param name="ResponseBytes">Largest response body in bytes.</param>
internal sealed record AgreementLimits(int? PerMinute, int? PerDay, long? BytesPerDay, int? RequestBytes, int? ResponseBytes)
{
    public static readonly AgreementLimits None = new(null, null, null, null, null);

    /// <summary>Something has to be counted.</summary>
    public bool Counts => PerMinute is not null || PerDay is not null || BytesPerDay is not null;

    /// <summary>What holds under both.</summary>
    public static int? Lower(int? a, int? b) => a is null ? b : b is null ? a : Math.Min(a.Value, b.Value);
}
