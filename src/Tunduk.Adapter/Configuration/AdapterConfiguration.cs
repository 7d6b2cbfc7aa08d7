using System.Collections;
using System.Reflection;
using System.Text.Json;

namespace Tunduk.Adapter.Configuration;

/// <summary>Reads <c>adapter.json</c> (JSON with comments) and the environment (<c>TUNDUK__…</c>), and validates all of it.</summary>
public sealed class AdapterConfiguration
{
    private AdapterConfiguration(string file, AdapterOptions options)
    {
        File = file;
        Folder = Path.GetDirectoryName(file)!;
        Options = options;
    }

    /// <summary>The configuration file, as an absolute path.</summary>
    public string File { get; }

    /// <summary>Folder of the configuration file; relative paths in it start here.</summary>
    public string Folder { get; }

    /// <summary>The bound options.</summary>
    public AdapterOptions Options { get; }

    /// <summary>Reads and validates; on any fault <paramref name="configuration"/> is null and every fault is listed.</summary>
    public static IReadOnlyList<SettingFault> Load(string file, out AdapterConfiguration? configuration)
    {
        configuration = null;
        var path = Path.GetFullPath(file);
        if (!System.IO.File.Exists(path))
        {
            return [new SettingFault("--config", Phrases.Of("Configuration.NoFile", file), Phrases.Of("Configuration.NameConfigurationFileConfig"))];
        }

        IConfigurationRoot root;
        try
        {
            root = new ConfigurationBuilder()
                .AddJsonFile(path, optional: false, reloadOnChange: false)
                .AddEnvironmentVariables("TUNDUK__")
                .Build();
        }
        catch (InvalidDataException exception)
        {
            var twice = TwiceIn(exception.InnerException?.Message);
            if (twice is not null)
            {
                return [new SettingFault(twice, Phrases.Of("Configuration.StandsTwiceFile"), Phrases.Of("Configuration.Keep"))];
            }

            var parsing = exception.InnerException as JsonException ?? exception.InnerException?.InnerException as JsonException;
            var place = parsing is { LineNumber: { } line } ? Phrases.Of("Configuration.LineColumn", line + 1, parsing.BytePositionInLine + 1) : "";
            return [new SettingFault("--config", Phrases.Of("Configuration.FileNotJson", place), Phrases.Of("Configuration.CorrectFileCommentsTrailing"))];
        }

        var faults = new List<SettingFault>();
        FindUnknown(root, typeof(AdapterOptions), faults);
        var options = new AdapterOptions();
        foreach (var section in root.GetChildren())
        {
            BindSection(root, section.Key, options, faults);
        }

        var folder = Path.GetDirectoryName(path)!;

        // Also beside faults of form: whoever corrects the file sees everything at once. A setting named already is not named twice.
        faults.AddRange(AdapterOptionsValidator.Validate(options, folder).Where(fault => !faults.Exists(known => known.Setting == fault.Setting || known.Setting == fault.Setting.Split(':')[0])));

        if (faults.Count == 0)
        {
            configuration = new AdapterConfiguration(path, options);
        }

        return faults;
    }

    /// <summary>A path of the configuration, made absolute from its folder.</summary>
    public string Resolve(string path) => Path.GetFullPath(path, Folder);

    private static void BindSection(IConfigurationRoot root, string key, AdapterOptions options, List<SettingFault> faults)
    {
        var property = FindProperty(typeof(AdapterOptions), key);
        if (property is null)
        {
            return; // FindUnknown has said so.
        }

        var values = root.GetSection(key).AsEnumerable().ToDictionary(StringComparer.OrdinalIgnoreCase);
        for (var section = root.GetSection(key); ;)
        {
            try
            {
                if (section.Get(property.PropertyType) is { } value)
                {
                    property.SetValue(options, value);
                }

                return;
            }
            catch (InvalidOperationException exception)
            {
                var setting = SettingOf(exception.Message, key);
                if (!faults.Exists(known => known.Setting == setting))
                {
                    faults.Add(new SettingFault(setting, Phrases.Of("Configuration.ValueDoesNotSetting"), RemedyOf(exception.Message)));
                }

                // Without this value: the next one of the section is found too, and what is there is not called missing.
                if (!values.Remove(setting))
                {
                    return;
                }

                section = new ConfigurationBuilder().AddInMemoryCollection(values).Build().GetSection(key);
            }
        }
    }

    // The binder's message quotes the value and then the setting ("… 'VALUE' at 'Section:Name' to type …"): only the name is
    // kept, and only if it is one of this section, since a value may be a secret.
    private static string SettingOf(string message, string section)
    {
        var at = message.LastIndexOf(" at '", StringComparison.Ordinal);
        var end = at < 0 ? -1 : message.IndexOf('\'', at + 5);
        var name = end < 0 ? "" : message[(at + 5)..end];
        return name.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase) ? name : section;
    }

    // By the type the binder names last; the value before it is not shown.
    private static string RemedyOf(string message) => message.LastIndexOf(" to type '", StringComparison.Ordinal) is var at and >= 0 ? message[(at + 10)..].Split('\'')[0] switch
    {
        "System.TimeSpan" => Phrases.Of("Configuration.WriteTimeHhMm"),
        "System.Int32" or "System.Int64" => Phrases.Of("Configuration.WriteWholeNumberExample"),
        "System.Boolean" => Phrases.Of("Configuration.WriteTrueFalse"),
        _ => Phrases.Of("Configuration.SeeOptionDocumentationType"),
    } : Phrases.Of("Configuration.SeeOptionDocumentationType");

    // "A duplicate key 'Section:Name' was found.": the name of a setting, never a value.
    private static string? TwiceIn(string? message) =>
        message is not null && message.StartsWith("A duplicate key '", StringComparison.Ordinal) ? message.Split('\'')[1] : null;

    // A mistyped setting that is silently ignored is worse than one that stops the start.
    private static void FindUnknown(IConfiguration configuration, Type type, List<SettingFault> faults)
    {
        foreach (var child in configuration.GetChildren())
        {
            if (IsDictionary(type, out var valueType) || IsList(type, out valueType))
            {
                Descend(child, valueType, faults);
            }
            else if (FindProperty(type, child.Key) is { } property)
            {
                Descend(child, property.PropertyType, faults);
            }
            else
            {
                var known = string.Join(", ", type.GetProperties().Select(p => p.Name));
                faults.Add(new SettingFault(child.Path, Phrases.Of("Configuration.NoSuchSetting"), Phrases.Of("Configuration.KnownHere", known)));
            }
        }
    }

    private static void Descend(IConfigurationSection child, Type type, List<SettingFault> faults)
    {
        var isList = IsList(type, out _);
        if (isList || IsDictionary(type, out _) || (type.Namespace == typeof(AdapterOptions).Namespace && !type.IsEnum))
        {
            // The binder passes over a value where members or items belong: anchors given as texts would be no anchors at all.
            if (!string.IsNullOrEmpty(child.Value))
            {
                faults.Add(new SettingFault(child.Path, Phrases.Of("Configuration.ValueDoesNotSetting"), isList ? Phrases.Of("Configuration.WriteList") : Phrases.Of("Configuration.WriteMembers")));
            }

            FindUnknown(child, type, faults);
        }
    }

    private static PropertyInfo? FindProperty(Type type, string name) =>
        type.GetProperties().FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static bool IsDictionary(Type type, out Type valueType)
    {
        valueType = type.IsGenericType && typeof(IDictionary).IsAssignableFrom(type) ? type.GetGenericArguments()[1] : typeof(object);
        return valueType != typeof(object);
    }

    private static bool IsList(Type type, out Type valueType)
    {
        valueType = type.IsGenericType && typeof(IList).IsAssignableFrom(type) ? type.GetGenericArguments()[0] : typeof(object);
        return valueType != typeof(object);
    }
}
