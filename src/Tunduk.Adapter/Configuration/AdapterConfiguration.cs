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

        var faults = SettingForms.Check(root);
        var options = Bind(root, faults);
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

    // Without the values that have not their form, so that what is there is not called missing. The binder would leave out by
    // itself what it cannot read in a list; it is told not to, and SettingForms leaves nothing of that kind to it.
    private static AdapterOptions Bind(IConfigurationRoot root, List<SettingFault> faults)
    {
        var values = root.AsEnumerable().Where(value => value.Value is not null && !faults.Exists(fault => IsWithin(value.Key, fault.Setting)));
        var sound = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        var options = new AdapterOptions();
        sound.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        return options;
    }

    private static bool IsWithin(string setting, string of) =>
        setting.StartsWith(of, StringComparison.OrdinalIgnoreCase) && (setting.Length == of.Length || setting[of.Length] == ':');

    // "A duplicate key 'Section:Name' was found.": the name of a setting, never a value.
    private static string? TwiceIn(string? message) =>
        message is not null && message.StartsWith("A duplicate key '", StringComparison.Ordinal) ? message.Split('\'')[1] : null;
}
