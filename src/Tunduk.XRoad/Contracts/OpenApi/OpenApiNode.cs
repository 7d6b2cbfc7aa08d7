using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tunduk.XRoad.Contracts.Schema;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Tunduk.XRoad.Contracts.OpenApi;

/// <summary>A value of an OpenAPI file, read from JSON or YAML into one small tree with line numbers.</summary>
internal sealed class OpenApiNode
{
    private const int MaxNodes = 500_000;

    // RFC 8259 §6; what only YAML takes for a number (0o7, .5, 007) is text.
    private static readonly Regex Number = new(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);

    private Dictionary<string, OpenApiNode>? byName;

    private OpenApiNode(int line) => Line = line;

    public int Line { get; }

    /// <summary>The text of a scalar; null for null, objects and lists.</summary>
    public string? Text { get; private set; }

    public IReadOnlyList<KeyValuePair<string, OpenApiNode>>? Members { get; private set; }

    public IReadOnlyList<OpenApiNode>? Items { get; private set; }

    public OpenApiNode? this[string name] => byName?.GetValueOrDefault(name);

    /// <summary>A text in quotes, or one that is no number, truth value or null (YAML 1.2.2 §10.3.2).</summary>
    public bool IsString { get; private set; }

    // What it would take written out: an alias counts as what it stands for, so that aliases of aliases are no bomb.
    private int Weight { get; set; } = 1;

    public bool IsTrue(string name) => this[name]?.Text == "true";

    /// <summary>A mapping of nothing.</summary>
    public static OpenApiNode Empty { get; } = new(0) { Members = [], byName = [] };

    /// <summary>A schema of nothing but a type.</summary>
    public static OpenApiNode Typed(string type) => Single("type", type, 0);

    /// <summary>A reference, as if it stood in the file.</summary>
    public static OpenApiNode Reference(string target, int line) => Single("$ref", target, line);

    /// <summary>The same as JSON.</summary>
    public string ToJson()
    {
        var json = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            Write(writer);
        }

        return Encoding.UTF8.GetString(json.WrittenSpan);
    }

    /// <summary>
    /// Reads the whole text. JSON is YAML too, so one parser serves both. An alias is the node it names, counted again against the
    /// limit of size; one inside what it names is refused. Merge keys (<c>&lt;&lt;</c>) are read as YAML 1.1 has them.
    /// </summary>
    public static OpenApiNode? Parse(string text, string file, ImportOptions options, FindingList findings)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            parser.Consume<DocumentStart>();
            var budget = MaxNodes;
            return Read(parser, 0, new YamlContext(file, options, findings), ref budget);
        }
        catch (YamlException e)
        {
            findings.Error("openapi", e.Message.Contains("limit", StringComparison.Ordinal) ? e.Message : Phrases.Of("OpenApi.FileNeitherJsonNor"), new SchemaLocation(file, (int)e.Start.Line));
            return null;
        }
    }

    private static OpenApiNode Read(Parser parser, int depth, YamlContext context, ref int budget)
    {
        var at = parser.Current!.Start;
        if (depth > context.Options.MaxDepth || --budget < 0)
        {
            throw new YamlException(at, at, Phrases.Of("OpenApi.FileNestedDeeperLarger"));
        }

        if (parser.Current is AnchorAlias alias)
        {
            parser.MoveNext();
            return Alias(alias, context, ref budget);
        }

        var anchor = parser.Current is NodeEvent { Anchor.IsEmpty: false } named ? named.Anchor.Value : null;
        if (anchor is not null)
        {
            // Known only when it is whole: inside itself it names nothing.
            context.Anchors.Remove(anchor);
        }

        var node = new OpenApiNode((int)at.Line);
        switch (parser.Current)
        {
            case Scalar scalar:
                parser.MoveNext();
                node.Text = scalar.IsPlainImplicit && scalar.Value is "null" or "~" or "" ? null : scalar.Value;
                node.IsString = node.Text is not null && (!scalar.IsPlainImplicit || !IsPlainValue(scalar.Value));
                break;
            case MappingStart:
                Mapping(parser, node, depth, context, ref budget);
                break;
            case SequenceStart:
                parser.MoveNext();
                var items = new List<OpenApiNode>();
                while (parser.Current is not SequenceEnd)
                {
                    items.Add(Read(parser, depth + 1, context, ref budget));
                    node.Weight += items[^1].Weight;
                }

                parser.MoveNext();
                node.Items = items;
                break;
            default:
                throw new YamlException(at, at, Phrases.Of("OpenApi.FileNoDocument"));
        }

        if (anchor is not null)
        {
            context.Anchors[anchor] = node;
        }

        return node;
    }

    private static void Mapping(Parser parser, OpenApiNode node, int depth, YamlContext context, ref int budget)
    {
        parser.MoveNext();
        var members = new List<KeyValuePair<string, OpenApiNode>>();
        var names = new Dictionary<string, OpenApiNode>(StringComparer.Ordinal);
        var merged = new List<OpenApiNode>();
        while (parser.Current is not MappingEnd)
        {
            var line = (int)parser.Current!.Start.Line;
            var key = parser.Consume<Scalar>();
            var value = Read(parser, depth + 1, context, ref budget);
            node.Weight += value.Weight;
            if (key.Value == "<<" && key.IsPlainImplicit)
            {
                merged.AddRange(value.Items ?? [value]);
            }
            else if (names.TryAdd(key.Value, value))
            {
                members.Add(KeyValuePair.Create(key.Value, value));
            }
            else
            {
                context.Findings.Error("openapi", Phrases.Of("OpenApi.KeyGivenTwiceReaders"), new SchemaLocation(context.File, line));
            }
        }

        parser.MoveNext();

        // What stands in the mapping itself goes before what is merged, and the earlier of several before the later.
        foreach (var (key, value) in merged.SelectMany(from => from.Members ?? []))
        {
            if (names.TryAdd(key, value))
            {
                members.Add(KeyValuePair.Create(key, value));
            }
        }

        node.Members = members;
        node.byName = names;
    }

    private static OpenApiNode Alias(AnchorAlias alias, YamlContext context, ref int budget)
    {
        if (!context.Anchors.TryGetValue(alias.Value.Value, out var node))
        {
            throw new YamlException(alias.Start, alias.Start, Phrases.Of("OpenApi.AliasNamesNothingWhat"));
        }

        budget -= node.Weight;
        return budget < 0 ? throw new YamlException(alias.Start, alias.Start, Phrases.Of("OpenApi.AliasesMakeFileLarger")) : node;
    }

    private static OpenApiNode Single(string name, string value, int line)
    {
        var text = new OpenApiNode(line) { Text = value, IsString = true };
        return new OpenApiNode(line) { Members = [KeyValuePair.Create(name, text)], byName = new Dictionary<string, OpenApiNode>(StringComparer.Ordinal) { [name] = text } };
    }

    private static bool IsPlainValue(string text) =>
        text is "true" or "false" or "True" or "False" or "TRUE" or "FALSE" || Number.IsMatch(text);

    private void Write(Utf8JsonWriter writer)
    {
        if (Members is not null)
        {
            writer.WriteStartObject();
            foreach (var (name, value) in Members)
            {
                writer.WritePropertyName(name);
                value.Write(writer);
            }

            writer.WriteEndObject();
        }
        else if (Items is not null)
        {
            writer.WriteStartArray();
            foreach (var item in Items)
            {
                item.Write(writer);
            }

            writer.WriteEndArray();
        }
        else if (Text is null)
        {
            writer.WriteNullValue();
        }
        else if (IsString)
        {
            writer.WriteStringValue(Text);
        }
        else if (Text.Equals("true", StringComparison.OrdinalIgnoreCase) || Text.Equals("false", StringComparison.OrdinalIgnoreCase))
        {
            writer.WriteBooleanValue(Text[0] is 't' or 'T');
        }
        else
        {
            writer.WriteRawValue(Text, skipInputValidation: true);
        }
    }

    private sealed record YamlContext(string File, ImportOptions Options, FindingList Findings)
    {
        public Dictionary<string, OpenApiNode> Anchors { get; } = new(StringComparer.Ordinal);
    }
}
