using System.Text;
using System.Text.Unicode;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Tunduk.Adapter.Agreements;

/// <summary>
/// Reads the part of YAML 1.2 that agreements use: one document of mappings, lists and scalars. Anchors, aliases,
/// tags, merge keys, doubled keys and further documents are refused, so that a document means what it shows.
/// </summary>
internal sealed class YamlDocumentReader
{
    /// <summary>Largest document in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Deepest nesting.</summary>
    public const int MaxDepth = 12;

    /// <summary>Most nodes in a document.</summary>
    public const int MaxNodes = 50_000;

    private const string PlainYaml = "Write plain YAML: mappings, lists and texts only.";

    private readonly string file;
    private readonly List<AgreementFault> faults;
    private readonly IParser parser;
    private int nodes;

    private YamlDocumentReader(string file, string text, List<AgreementFault> faults)
    {
        this.file = file;
        this.faults = faults;
        parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <summary>The document, or null with at least one fault in <paramref name="faults"/>.</summary>
    public static YamlNode? Read(string file, ReadOnlySpan<byte> utf8, List<AgreementFault> faults)
    {
        if (utf8.Length > MaxBytes)
        {
            faults.Add(new("document_too_large", file, 0, 0, string.Empty, $"the document has {utf8.Length} bytes", $"An agreement has at most {MaxBytes} bytes; split it by counterparty."));
            return null;
        }

        if (!Utf8.IsValid(utf8))
        {
            faults.Add(new("document_not_utf8", file, 0, 0, string.Empty, "the document is not UTF-8", "Save the file as UTF-8."));
            return null;
        }

        YamlDocumentReader reader = new(file, Encoding.UTF8.GetString(utf8.StartsWith(Encoding.UTF8.Preamble) ? utf8[3..] : utf8), faults);
        try
        {
            return reader.Document();
        }
        catch (YamlException e)
        {
            faults.Add(new("yaml_syntax", file, (int)e.Start.Line, (int)e.Start.Column, string.Empty, "the text is not YAML from here on", "Check indentation, quotes and colons at this place; quote texts that begin with '*', '@', '&' or '%'."));
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException or OverflowException or FormatException)
        {
            // The parser's own faults before text that nobody meant as YAML: as little a document as any other.
            (int line, int column) = reader.PlaceNow();
            faults.Add(new("yaml_syntax", file, line, column, string.Empty, "the text is not YAML from about here on", "Check indentation, quotes, brackets and colons at this place; the document may end too early."));
            return null;
        }
    }

    private (int Line, int Column) PlaceNow() => Place(parser.Current) is ( > 0, _) place ? place : (1, 1);

    private YamlNode? Document()
    {
        parser.MoveNext();
        parser.MoveNext();
        if (parser.Current is not DocumentStart)
        {
            Fault("document_empty", parser.Current, "the document is empty", "Write the agreement, beginning with 'agreement:'.");
            return null;
        }

        parser.MoveNext();
        YamlNode? root = Node(depth: 0);
        if (root is null)
        {
            return null;
        }

        if (parser.MoveNext() && parser.Current is not StreamEnd)
        {
            Fault("several_documents", parser.Current, "a second document begins here", "Keep one agreement in one file.");
            return null;
        }

        return root;
    }

    /// <summary>Reads the node the parser stands on and leaves the parser behind it; null after a fault that ends the reading.</summary>
    private YamlNode? Node(int depth)
    {
        ParsingEvent at = parser.Current!;
        if (++nodes > MaxNodes || depth > MaxDepth)
        {
            Fault("document_too_deep", at, depth > MaxDepth ? "the nesting is too deep" : "the document has too many entries", $"At most {MaxDepth} levels and {MaxNodes} entries.");
            return null;
        }

        if (at is AnchorAlias)
        {
            Fault("yaml_alias", at, "an alias stands here", $"{PlainYaml} A text that begins with '*' needs quotes.");
            return null;
        }

        if (at is NodeEvent { Anchor.IsEmpty: false })
        {
            Fault("yaml_anchor", at, "an anchor stands here", $"{PlainYaml} A text that begins with '&' needs quotes.");
            return null;
        }

        if (at is NodeEvent { Tag.IsEmpty: false })
        {
            Fault("yaml_tag", at, "a tag stands here", $"{PlainYaml} A text that begins with '!' needs quotes.");
            return null;
        }

        (int line, int column) = Place(at);
        switch (at)
        {
            case Scalar scalar:
                parser.MoveNext();
                return new YamlNode(line, column) { Text = scalar.Value, Quoted = scalar.Style != ScalarStyle.Plain };
            case SequenceStart:
                return Sequence(line, column, depth);
            case MappingStart:
                return Mapping(line, column, depth);
            default:
                Fault("yaml_syntax", at, "something unexpected stands here", PlainYaml);
                return null;
        }
    }

    private YamlNode? Sequence(int line, int column, int depth)
    {
        List<YamlNode> items = [];
        parser.MoveNext();
        while (parser.Current is not SequenceEnd)
        {
            YamlNode? item = Node(depth + 1);
            if (item is null)
            {
                return null;
            }

            items.Add(item);
        }

        parser.MoveNext();
        return new YamlNode(line, column) { Items = items };
    }

    private YamlNode? Mapping(int line, int column, int depth)
    {
        List<YamlMember> members = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        parser.MoveNext();
        while (parser.Current is not MappingEnd)
        {
            YamlNode? key = Node(depth + 1);
            if (key is null)
            {
                return null;
            }

            if (key.Text is null)
            {
                faults.Add(new("yaml_key", file, key.Line, key.Column, string.Empty, $"a key is {key.Kind}", "A key is a plain name."));
                return null;
            }

            if (!names.Add(key.Text))
            {
                faults.Add(new("duplicate_key", file, key.Line, key.Column, key.Text, "the key stands here a second time", "Keep one of the two."));
            }

            YamlNode? value = Node(depth + 1);
            if (value is null)
            {
                return null;
            }

            members.Add(new YamlMember(key.Text, key.Line, key.Column, value));
        }

        parser.MoveNext();
        return new YamlNode(line, column) { Members = members };
    }

    private static (int Line, int Column) Place(ParsingEvent? e) => e is null ? (0, 0) : ((int)e.Start.Line, (int)e.Start.Column);

    private void Fault(string code, ParsingEvent? at, string message, string remedy)
    {
        (int line, int column) = Place(at);
        faults.Add(new(code, file, line, column, string.Empty, message, remedy));
    }
}
