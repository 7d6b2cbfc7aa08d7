using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Tunduk.Adapter.Tests.Conventions;

/// <summary>The source tree and the assemblies made from it.</summary>
internal static partial class Repository
{
    public static string Root { get; } = Find();

    public static IReadOnlyList<Assembly> Libraries { get; } =
    [
        typeof(Tunduk.Xml.XmlTape).Assembly, typeof(Tunduk.XRoad.Identifiers.ServiceId).Assembly, typeof(Tunduk.Evidence.Log.LogEntry).Assembly, typeof(Tunduk.Archive.IArchive).Assembly,
    ];

    public static IReadOnlyList<Assembly> Assemblies { get; } = [.. Libraries, typeof(Tunduk.Adapter.Exchange.ExchangePipeline).Assembly];

    /// <summary>Hand-written source files of a top folder, relative to the root.</summary>
    public static IEnumerable<string> Sources(string folder) => Directory
        .EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
        .Where(file => !BuildOutput().IsMatch(file))
        .Order(StringComparer.Ordinal);

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    public static IEnumerable<Type> TypesOf(Assembly assembly) => assembly.GetTypes()
        .Where(type => type.GetCustomAttribute<CompilerGeneratedAttribute>() is null && !type.Name.Contains('<', StringComparison.Ordinal) && type.Namespace?.StartsWith("Tunduk", StringComparison.Ordinal) == true);

    /// <summary>The expressions between commas from a place in code to the bracket, brace or semicolon that ends them.</summary>
    public static List<string> Arguments(string code, int at)
    {
        List<string> found = [];
        var (start, depth, isText) = (at, 0, false);
        for (; ; at++)
        {
            var c = code[at];
            if (isText)
            {
                at += c == '\\' ? 1 : 0;
                isText = c != '"';
            }
            else if (c == '"')
            {
                isText = true;
            }
            else if (depth == 0 && c is ',' or ';' or ')' or '}' or ']')
            {
                found.Add(code[start..at]);
                start = at + 1;
                if (c != ',')
                {
                    return found;
                }
            }
            else
            {
                depth += c is '(' or '[' or '{' ? 1 : c is ')' or ']' or '}' ? -1 : 0;
            }
        }
    }

    /// <summary>The literals of an expression that are words to be read, not names.</summary>
    public static IEnumerable<string> Sentences(string expression) => Literal().Matches(expression)
        .Select(match => match.Value)
        .Where(literal => Hole().Replace(literal, "") is var words && words.Contains(' ', StringComparison.Ordinal) && Word().IsMatch(words));

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Tunduk.Adapter.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not lie in the repository.");
    }

    [GeneratedRegex(@"""(?:[^""\\]|\\.)*""")]
    private static partial Regex Literal();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Hole();

    [GeneratedRegex("[A-Za-z]{2}")]
    private static partial Regex Word();

    [GeneratedRegex("(^|/)(bin|obj)/")]
    private static partial Regex BuildOutput();
}
