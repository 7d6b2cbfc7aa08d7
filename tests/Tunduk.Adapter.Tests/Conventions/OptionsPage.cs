using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.Tests.Conventions;

/// <summary>The page of all settings, made of the options and their documentation.</summary>
internal static partial class OptionsPage
{
    private const string Head = """
        # Settings

        Every setting of `adapter.json`, with what the start checks. The page is made of the source (`Configuration/*Options.cs`); a test
        holds it to that. Durations are `"hh:mm:ss"` or `"d.hh:mm:ss"`, times `"2026-12-31T18:00:00+06:00"` (always with the offset), days
        `"2026-12-31"`, sizes bytes; a file's name is taken from the folder of `adapter.json`. `TUNDUK__Section__Name` in the environment overrides one, `TUNDUK__Callers__0__Name` one of a list. An unknown
        setting stops the start, and every fault is reported at once with its setting's name and the remedy.


        """;

    private static readonly XDocument Documentation = XDocument.Load(Path.ChangeExtension(typeof(AdapterOptions).Assembly.Location, ".xml"));

    private static readonly Dictionary<Type, string> Paths = PathsOf(typeof(AdapterOptions), "").Reverse().GroupBy(one => one.Type).ToDictionary(group => group.Key, group => group.Last().Path);

    public static string Text()
    {
        var page = new StringBuilder(Head.ReplaceLineEndings("\n"));
        var sections = new Queue<(string Path, Type Type)>([("", typeof(AdapterOptions))]);
        while (sections.TryDequeue(out var section))
        {
            Section(page, section.Path, section.Type, sections);
        }

        return page.ToString().TrimEnd('\n') + "\n";
    }

    private static void Section(StringBuilder page, string path, Type type, Queue<(string Path, Type Type)> sections)
    {
        page.Append(path.Length == 0 ? "## Top level" : $"## `{path}`").Append("\n\n").Append(Summary("T:" + type.FullName)).Append("\n\n| setting | value | meaning |\n|---|---|---|\n");
        var defaults = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties().Where(property => property.CanWrite))
        {
            var (value, inner, suffix) = Shape(property.PropertyType);
            page.Append(CultureInfo.InvariantCulture, $"| `{property.Name}` | {value}{Default(property, defaults, inner)} | {Summary($"P:{property.DeclaringType!.FullName}.{property.Name}").Replace("|", "\\|", StringComparison.Ordinal)} |\n");
            if (inner is not null)
            {
                sections.Enqueue(((path.Length == 0 ? "" : path + ":") + property.Name + suffix, inner));
            }
        }

        page.Append('\n');
    }

    private static IEnumerable<(Type Type, string Path)> PathsOf(Type type, string path) => type.GetProperties()
        .Select(property => (Shape(property.PropertyType).Inner, Path: (path.Length == 0 ? "" : path + ":") + property.Name))
        .Where(one => one.Inner is not null)
        .SelectMany(one => PathsOf(one.Inner!, one.Path))
        .Prepend((type, path));

    // What stands in the file, the type of the section below, and how its path goes on.
    private static (string Value, Type? Inner, string Suffix) Shape(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Dictionary<,>))
        {
            var (value, inner, _) = Shape(type.GetGenericArguments()[1]);
            return ($"{value} by name", inner, inner is null ? "" : ":{name}");
        }

        if (type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type))
        {
            var (value, inner, _) = Shape(type.IsArray ? type.GetElementType()! : type.GetGenericArguments()[0]);
            return ($"list of {value}", inner, inner is null ? "" : "[]");
        }

        return type switch
        {
            _ when type == typeof(string) => ("text", null, ""),
            _ when type == typeof(bool) => ("true, false", null, ""),
            _ when type == typeof(TimeSpan) => ("duration", null, ""),
            _ when type == typeof(DateTimeOffset) || type == typeof(DateTime) => ("time", null, ""),
            _ when type == typeof(DateOnly) => ("day", null, ""),
            _ when type.IsEnum => (string.Join(", ", Enum.GetNames(type).Select(name => $"`{name}`")), null, ""),
            _ when type.Namespace == typeof(AdapterOptions).Namespace => ("section", type, ""),
            _ => ("number", null, ""),
        };
    }

    private static string Default(PropertyInfo property, object defaults, Type? inner) => (property.GetValue(defaults), inner) switch
    {
        (null or "", _) or (_, not null) => "",
        (bool value, _) => value ? "; true" : "; false",
        (TimeSpan value, _) => $"; {value:c}",
        (IEnumerable and not string, _) => "",
        ({ } value, _) => string.Create(CultureInfo.InvariantCulture, $"; {value}"),
    };

    private static string Summary(string member)
    {
        var summary = Documentation.Descendants("member").FirstOrDefault(candidate => (string?)candidate.Attribute("name") == member)?.Element("summary")
            ?? throw new InvalidOperationException($"{member} has no documentation.");
        var text = string.Concat(summary.Nodes().Select(node => node switch
        {
            XText words => words.Value,
            XElement { Name.LocalName: "see" } reference => $"`{Named(reference)}`",
            XElement code => $"`{code.Value}`",
            _ => "",
        }));
        return Blank().Replace(text, " ").Trim();
    }

    // A setting of another section is named with its section.
    private static string Named(XElement reference)
    {
        if ((string?)reference.Attribute("langword") is { } word)
        {
            return word;
        }

        var name = ((string)reference.Attribute("cref")!)[2..];
        var (type, member) = (name[..name.LastIndexOf('.')], name[(name.LastIndexOf('.') + 1)..]);
        return typeof(AdapterOptions).Assembly.GetType(type) is { } options && Paths.TryGetValue(options, out var path) && path.Length > 0 ? $"{path}:{member}" : member;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
