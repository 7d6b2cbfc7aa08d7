namespace Tunduk.Adapter.Agreements;

/// <summary>A kind of personal data.</summary>
/// <param name="Id">Its name in the dictionary.</param>
/// <param name="Kind">Kind of person key for the archive's index (<c>pin</c>, <c>tin</c>, <c>document</c>, <c>plate</c>); null: none.</param>
/// <param name="Ky">Kyrgyz.</param>
/// <param name="Ru">Russian.</param>
/// <param name="En">English.</param>
/// <param name="Words">Names that mean it.</param>
internal sealed record PersonalDataCategory(string Id, string? Kind, string Ky, string Ru, string En, IReadOnlyList<string> Words)
{
    /// <summary>Its name in a language of the annex.</summary>
    public string In(string language) => language switch
    {
        "ky" => Ky,
        "ru" => Ru,
        _ => En,
    };
}
