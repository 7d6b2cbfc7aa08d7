namespace Tunduk.Adapter.Agreements;

/// <summary>One numbered row of Annex 1.</summary>
/// <param name="Number">From 1, through all services of the annex.</param>
/// <param name="Side"><c>request</c> or <c>response</c>.</param>
/// <param name="Service">Code and version.</param>
/// <param name="Title">The contract's title of the field, or its name.</param>
/// <param name="Path">The path as the agreement writes it, wildcards resolved by the contract where there is one.</param>
/// <param name="Personal">Kind of personal data by the dictionary, in the annex's language; null: none known.</param>
internal sealed record AnnexField(int Number, string Side, string Service, string Title, string Path, string? Personal);
