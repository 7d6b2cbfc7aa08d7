using System.Globalization;
using System.Resources;

namespace Tunduk.Adapter.Exchange;

/// <summary>Titles and remedies of refusals, from <c>Refusals.resx</c>: no text for users stands in code.</summary>
internal static class RefusalTexts
{
    private static readonly ResourceManager Resources = new("Tunduk.Adapter.Exchange.Refusals", typeof(RefusalTexts).Assembly);

    public static string Title(string code) => Resources.GetString(code + ".title", CultureInfo.InvariantCulture) ?? code;

    public static string Remedy(string code) => Resources.GetString(code + ".remedy", CultureInfo.InvariantCulture) ?? "";

    /// <summary>The remedy of one case of a code, where the general one would not cure it; its entry is <c>CODE.remedy.CASE</c>.</summary>
    public static string Remedy(string code, string particular) =>
        Resources.GetString($"{code}.remedy.{particular}", CultureInfo.InvariantCulture) ?? throw new ArgumentException("Refusals.resx has no such remedy", nameof(particular));

    /// <summary>Where the rule stands that a code is about; names in braces are filled in by <see cref="RefusalRules"/>.</summary>
    public static string Rule(string code) => Resources.GetString(code + ".rule", CultureInfo.InvariantCulture) ?? "";

    /// <summary>The cases of a code that have a remedy of their own.</summary>
    public static IEnumerable<(string Case, string Remedy)> Particular(string code)
    {
        var prefix = code + ".remedy.";
        return Resources.GetResourceSet(CultureInfo.InvariantCulture, createIfNotExists: true, tryParents: true)!
            .Cast<System.Collections.DictionaryEntry>()
            .Where(entry => ((string)entry.Key).StartsWith(prefix, StringComparison.Ordinal))
            .Select(entry => (((string)entry.Key)[prefix.Length..], (string)entry.Value!))
            .OrderBy(entry => entry.Item1, StringComparer.Ordinal);
    }
}
