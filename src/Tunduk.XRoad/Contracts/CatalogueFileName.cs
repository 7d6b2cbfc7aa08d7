namespace Tunduk.XRoad.Contracts;

/// <summary>
/// The identifiers in a file name of the catalogue: <c>instance_CLASS_code_subsystem_service[_vN].wsdl</c>. Subsystem
/// codes may themselves hold underscores, and some files lack instance and subsystem (<c>GOV_code_service.wsdl</c>).
/// </summary>
public sealed record CatalogueFileName(string? Instance, string MemberClass, string MemberCode, string? Subsystem, string ServiceCode, string? Version)
{
    public static bool TryParse(string? fileName, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out CatalogueFileName? name)
    {
        name = null;
        if (string.IsNullOrEmpty(fileName))
        {
            return false;
        }

        var parts = Path.GetFileNameWithoutExtension(fileName).Split('_').ToList();
        var memberClass = parts.FindIndex(p => p is "GOV" or "COM" or "NGO" or "NEE");
        if (memberClass is < 0 or > 1 || parts.Count < memberClass + 3 || parts.Any(p => p.Length == 0) ||
            parts[memberClass + 1].Length > 20 || !parts[memberClass + 1].All(char.IsAsciiLetterOrDigit))
        {
            return false;
        }

        var instance = memberClass == 1 ? parts[0] : null;
        var code = parts[memberClass + 1];
        var rest = parts[(memberClass + 2)..];
        string? version = null;
        if (rest.Count > 1 && rest[^1] is ['v', ..] && rest[^1].Length > 1 && !rest[^1].AsSpan(1).ContainsAnyExceptInRange('0', '9'))
        {
            version = rest[^1];
            rest.RemoveAt(rest.Count - 1);
        }

        var subsystem = rest.Count > 1 ? string.Join('_', rest[..^1]) : null;
        name = new CatalogueFileName(instance, parts[memberClass], code, subsystem, rest[^1], version);
        return true;
    }
}
