using System.Globalization;
using System.Resources;

namespace Tunduk.Adapter.Exchange;

/// <summary>Titles and remedies of refusals, from <c>Refusals.resx</c>: no text for users stands in code.</summary>
internal static class RefusalTexts
{
    private static readonly ResourceManager Resources = new("Tunduk.Adapter.Exchange.Refusals", typeof(RefusalTexts).Assembly);

    public static string Title(string code) => Resources.GetString(code + ".title", CultureInfo.InvariantCulture) ?? code;

    public static string Remedy(string code) => Resources.GetString(code + ".remedy", CultureInfo.InvariantCulture) ?? "";
}
