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

    private static string PlainYaml => Phrases.Of("Agreements.WritePlainYamlMappings");

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
            faults.Add(new("document_too_large", file, 0, 0, string.Empty, Phrases.Of("Agreements.DocumentBytes", utf8.Length), Phrases.Of("Agreements.AgreementMostBytesSplit", MaxBytes)));
            return null;
        }

        if (!Utf8.IsValid(utf8))
        {
            faults.Add(new("document_not_utf8", file, 0, 0, string.Empty, Phrases.Of("Agreements.DocumentNotUtf8"), Phrases.Of("Agreements.SaveFileUtf8")));
            return null;
        }

        YamlDocumentReader reader = new(file, Encoding.UTF8.GetString(utf8.StartsWith(Encoding.UTF8.Preamble) ? utf8[3..] : utf8), faults);
        try
        {
            return reader.Document();
        }
        catch (YamlException e)
        {
            faults.Add(new("yaml_syntax", file, (int)e.Start.Line, (int)e.Start.Column, string.Empty, Phrases.Of("Agreements.TextNotYamlFrom"), Phrases.Of("Agreements.CheckIndentationQuotesColons")));
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException or OverflowException or FormatException)
        {
            // The parser's own faults before text that nobody meant as YAML: as little a document as any other.
            (int line, int column) = reader.PlaceNow();
            faults.Add(new("yaml_syntax", file, line, column, string.Empty, Phrases.Of("Agreements.TextNotYamlFromAbout"), Phrases.Of("Agreements.CheckIndentationQuotesBrackets")));
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
            Fault("document_empty", parser.Current, Phrases.Of("Agreements.DocumentEmpty"), Phrases.Of("Agreements.WriteAgreementBeginningAgreement"));
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
            Fault("several_documents", parser.Current, Phrases.Of("Agreements.SecondDocumentBeginsHere"), Phrases.Of("Agreements.KeepAgreementFile"));
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
            Fault("document_too_deep", at, depth > MaxDepth ? Phrases.Of("Agreements.NestingTooDeep") : Phrases.Of("Agreements.DocumentTooManyEntries"), Phrases.Of("Agreements.MostLevelsEntries", MaxDepth, MaxNodes));
            return null;
        }

        if (at is AnchorAlias)
        {
            Fault("yaml_alias", at, Phrases.Of("Agreements.AliasStandsHere"), Phrases.Of("Agreements.TextBeginsNeedsQuotes", PlainYaml));
            return null;
        }

        if (at is NodeEvent { Anchor.IsEmpty: false })
        {
            Fault("yaml_anchor", at, Phrases.Of("Agreements.AnchorStandsHere"), Phrases.Of("Agreements.ATextThatBeginsWithNeedsQuotes", PlainYaml));
            return null;
        }

        if (at is NodeEvent { Tag.IsEmpty: false })
        {
            Fault("yaml_tag", at, Phrases.Of("Agreements.TagStandsHere"), Phrases.Of("Agreements.TextBeginsNeedsQuotesGiven", PlainYaml));
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
                Fault("yaml_syntax", at, Phrases.Of("Agreements.SomethingUnexpectedStandsHere"), PlainYaml);
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
                faults.Add(new("yaml_key", file, key.Line, key.Column, string.Empty, Phrases.Of("Agreements.Key", key.Kind), Phrases.Of("Agreements.KeyPlainName")));
                return null;
            }

            if (!names.Add(key.Text))
            {
                faults.Add(new("duplicate_key", file, key.Line, key.Column, key.Text, Phrases.Of("Agreements.KeyStandsHereSecond"), Phrases.Of("Agreements.KeepTwo")));
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
