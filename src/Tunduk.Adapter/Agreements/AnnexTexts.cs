using System.Reflection;
using System.Text.Json;

namespace Tunduk.Adapter.Agreements;

/// <summary>The words of Annex 1 in its languages, from <c>annex.json</c>: no text for lawyers stands in code.</summary>
internal sealed class AnnexTexts
{
    private static readonly Lazy<Dictionary<string, Dictionary<string, string>>> All = new(static () =>
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Tunduk.Adapter.Agreements.annex.json")!;
        return JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(stream)!;
    });

    private readonly Dictionary<string, string> words;

    private AnnexTexts(string language)
    {
        Language = language;
        words = All.Value[language];
    }

    public static IReadOnlyCollection<string> Languages => All.Value.Keys;

    public string Language { get; }

    public string this[string key] => words[key];

    public static AnnexTexts Of(string language) => new(language);
}
