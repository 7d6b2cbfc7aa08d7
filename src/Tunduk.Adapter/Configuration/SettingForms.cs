using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Tunduk.Adapter.Configuration;

/// <summary>
/// Holds every value of the configuration against the form of its setting, before anything is bound: the binder leaves out
/// what it cannot read inside a list, and an authorised person, a revocation entry or an anchor that is left out lets pass
/// what it should stop.
/// </summary>
internal static class SettingForms
{
    private static readonly string[] Moments = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>Every setting that there is not, and every value that has not its setting's form.</summary>
    public static List<SettingFault> Check(IConfiguration configuration)
    {
        var faults = new List<SettingFault>();
        Members(configuration, typeof(AdapterOptions), faults);
        return faults;
    }

    /// <summary>The property of a setting's name; null when there is none.</summary>
    public static PropertyInfo? FindProperty(Type type, string name) =>
        type.GetProperties().FirstOrDefault(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    // A mistyped setting that is silently ignored is worse than one that stops the start.
    private static void Members(IConfiguration configuration, Type type, List<SettingFault> faults)
    {
        foreach (var child in configuration.GetChildren())
        {
            if (FindProperty(type, child.Key) is { } property)
            {
                Value(child, property.PropertyType, isItem: false, faults);
            }
            else
            {
                var known = string.Join(", ", type.GetProperties().Select(member => member.Name));
                faults.Add(new SettingFault(child.Path, Phrases.Of("Configuration.NoSuchSetting"), Phrases.Of("Configuration.KnownHere", known)));
            }
        }
    }

    private static void Value(IConfigurationSection section, Type type, bool isItem, List<SettingFault> faults)
    {
        var children = section.GetChildren().ToList();
        if (ItemOf(type, typeof(IList)) is { } item)
        {
            // An empty list comes as an empty text; null and {} are no lists: who may do everything is said by leaving the setting out.
            if (children.Count == 0 ? section.Value is not "" : section.Value is { Length: > 0 } || children.Exists(child => !child.Key.All(char.IsAsciiDigit)))
            {
                Wrong(section, Phrases.Of("Configuration.WriteList"), faults);
            }

            children.ForEach(child => Value(child, item, isItem: true, faults));
        }
        else if (ItemOf(type, typeof(IDictionary)) is { } named)
        {
            if (section.Value is { Length: > 0 })
            {
                Wrong(section, Phrases.Of("Configuration.WriteMembers"), faults);
            }

            children.ForEach(child => Value(child, named, isItem: true, faults));
        }
        else if (type.Namespace == typeof(AdapterOptions).Namespace && !type.IsEnum)
        {
            if (section.Value is { Length: > 0 } || (isItem && children.Count == 0))
            {
                Wrong(section, Phrases.Of("Configuration.WriteMembers"), faults);
            }

            Members(section, type, faults);
        }
        else if (children.Count > 0)
        {
            Wrong(section, Phrases.Of("Configuration.WriteOneValue"), faults);
        }
        else if (section.Value is null)
        {
            // null leaves a setting at its default; in a list it is nothing.
            if (isItem)
            {
                Wrong(section, Phrases.Of("Configuration.WriteOneValue"), faults);
            }
        }
        else if (RemedyOf(section.Value, Nullable.GetUnderlyingType(type) ?? type) is { } remedy)
        {
            Wrong(section, remedy, faults);
        }
    }

    /// <summary>What to write instead of a text that has not the form of its type; null when it has.</summary>
    private static string? RemedyOf(string text, Type type) => type switch
    {
        _ when type == typeof(string) => null,
        _ when type == typeof(bool) => bool.TryParse(text, out _) ? null : Phrases.Of("Configuration.WriteTrueFalse"),
        _ when type == typeof(int) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? null : Phrases.Of("Configuration.WriteWholeNumberExample"),
        _ when type == typeof(long) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? null : Phrases.Of("Configuration.WriteWholeNumberExample"),

        // The framework reads "24:00:00" as 24 days, "30" as 30 days and "1:30" as an hour and a half.
        _ when type == typeof(TimeSpan) => text is "0" || (text.Count(character => character == ':') == 2 && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out _)) ? null : Phrases.Of("Configuration.WriteTimeHhMm"),

        // Without an offset the host's zone would decide, and in 03/04/2026 nobody knows what.
        _ when type == typeof(DateTimeOffset) => (text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-'))
            && DateTimeOffset.TryParseExact(text, Moments, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? null : Phrases.Of("Configuration.WriteMoment"),
        _ when type == typeof(DateOnly) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? null : Phrases.Of("Configuration.WriteDay"),
        _ when type.IsEnum => Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase) ? null : Phrases.Of("Configuration.SeeOptionDocumentationType"),
        _ => throw new NotSupportedException($"No form is known for settings of {type}."),
    };

    private static void Wrong(IConfigurationSection section, string remedy, List<SettingFault> faults) =>
        faults.Add(new SettingFault(section.Path, Phrases.Of("Configuration.ValueDoesNotSetting"), remedy));

    private static Type? ItemOf(Type type, Type collection) =>
        type.IsGenericType && collection.IsAssignableFrom(type) ? type.GetGenericArguments()[^1] : null;
}
