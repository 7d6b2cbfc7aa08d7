using Tunduk.XRoad.Contracts.Schema;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Tunduk.XRoad.Contracts.OpenApi;

/// <summary>A value of an OpenAPI file, read from JSON or YAML into one small tree with line numbers.</summary>
internal sealed class OpenApiNode
{
    private const int MaxNodes = 500_000;

    private Dictionary<string, OpenApiNode>? byName;

    private OpenApiNode(int line) => Line = line;

    public int Line { get; }

    /// <summary>The text of a scalar; null for null, objects and lists.</summary>
    public string? Text { get; private set; }

    public IReadOnlyList<KeyValuePair<string, OpenApiNode>>? Members { get; private set; }

    public IReadOnlyList<OpenApiNode>? Items { get; private set; }

    public OpenApiNode? this[string name] => byName?.GetValueOrDefault(name);

    public bool IsTrue(string name) => this[name]?.Text == "true";

    /// <summary>Reads the whole text. JSON is YAML too, so one parser serves both. Aliases are refused: they are the YAML bomb.</summary>
    public static OpenApiNode? Parse(string text, string file, ImportOptions options, FindingList findings)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            parser.Consume<DocumentStart>();
            var budget = MaxNodes;
            return Read(parser, 0, file, options, findings, ref budget);
        }
        catch (YamlException e)
        {
            findings.Error("openapi", e.Message.Contains("limit", StringComparison.Ordinal) ? e.Message : "The file is neither JSON nor YAML that can be read.", new SchemaLocation(file, (int)e.Start.Line));
            return null;
        }
    }

    private static OpenApiNode Read(Parser parser, int depth, string file, ImportOptions options, FindingList findings, ref int budget)
    {
        var at = parser.Current!.Start;
        if (depth > options.MaxDepth || --budget < 0)
        {
            throw new YamlException(at, at, "The file is nested deeper or larger than the limit.");
        }

        var node = new OpenApiNode((int)at.Line);
        switch (parser.Current)
        {
            case Scalar scalar:
                parser.MoveNext();
                node.Text = scalar.IsPlainImplicit && scalar.Value is "null" or "~" or "" ? null : scalar.Value;
                return node;
            case MappingStart:
                parser.MoveNext();
                var members = new List<KeyValuePair<string, OpenApiNode>>();
                var names = new Dictionary<string, OpenApiNode>(StringComparer.Ordinal);
                while (parser.Current is not MappingEnd)
                {
                    var line = (int)parser.Current!.Start.Line;
                    var key = parser.Consume<Scalar>().Value;
                    var value = Read(parser, depth + 1, file, options, findings, ref budget);
                    if (names.TryAdd(key, value))
                    {
                        members.Add(KeyValuePair.Create(key, value));
                    }
                    else
                    {
                        findings.Error("openapi", "A key is given twice: readers differ in which of the two they take.", new SchemaLocation(file, line));
                    }
                }

                parser.MoveNext();
                node.Members = members;
                node.byName = names;
                return node;
            case SequenceStart:
                parser.MoveNext();
                var items = new List<OpenApiNode>();
                while (parser.Current is not SequenceEnd)
                {
                    items.Add(Read(parser, depth + 1, file, options, findings, ref budget));
                }

                parser.MoveNext();
                node.Items = items;
                return node;
            default:
                throw new YamlException(at, at, "Aliases and anchors are over the limit of what is read.");
        }
    }
}
