using System.Buffers;
using System.Text;
using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Tests.Filtering;

/// <summary>Short forms for the tests of the filters.</summary>
internal static class FilterRuns
{
    public static FieldRules Rules(string allow, UnlistedAction unlisted = UnlistedAction.Remove, string remove = "", string refuse = "", string blank = "") => new()
    {
        Allow = Paths(allow),
        Unlisted = unlisted,
        Remove = Paths(remove),
        Refuse = Paths(refuse),
        Blank = Paths(blank),
    };

    public static FieldPath[] Paths(string paths) =>
        [.. paths.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(FieldPath.Parse)];

    public static (string Text, FilterResult Result) Json(FieldList list, string json) => Json(list, Encoding.UTF8.GetBytes(json));

    public static (string Text, FilterResult Result) Json(FieldList list, byte[] json)
    {
        ArrayBufferWriter<byte> output = new();
        FilterResult result = JsonFieldFilter.Apply(list, json, output);
        return (Encoding.UTF8.GetString(output.WrittenSpan), result);
    }

    public static (string Text, FilterResult Result) Response(string json, string allow, string request = "", UnlistedAction unlisted = UnlistedAction.Remove, string known = "") =>
        Json(FieldList.ForResponse(Rules(allow, unlisted), Rules(request), Paths(known)), json);

    public static string Removed(this FilterResult result) =>
        string.Join(' ', result.Removed.Select(static r => r.Count == 1 ? r.Path : $"{r.Path}×{r.Count}"));
}
