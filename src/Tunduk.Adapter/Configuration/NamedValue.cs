namespace Tunduk.Adapter.Configuration;

/// <summary>
/// Values of an enumeration by their names and by nothing else: <see cref="Enum.TryParse{T}(string, out T)"/> also takes numbers with
/// sign or space before them and lists of names with commas, and makes another value of these than anybody wrote.
/// </summary>
internal static class NamedValue
{
    /// <summary>Whether the text is a name, whatever its case; a hyphen may stand between its words.</summary>
    public static bool TryParse<T>(string? text, out T value)
        where T : struct, Enum
    {
        var name = text?.Replace("-", "", StringComparison.Ordinal) ?? "";
        value = default;
        return name.Length > 0 && name.All(char.IsAsciiLetter) && Enum.TryParse(name, ignoreCase: true, out value);
    }
}
