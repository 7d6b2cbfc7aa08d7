using System.Text;
using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Tests.Filtering;

/// <summary>Prefixes and names of parts say nothing of the sender's choice.</summary>
public sealed class XmlNeutralTests
{
    private const string Xop = XmlFieldFilter.IncludeNamespace;

    [Theory]
    [InlineData("<ns2:a xmlns:ns2=\"urn:x\"><ns2:b/></ns2:a>")]
    [InlineData("<a xmlns=\"urn:x\"><b>1 &amp; 2</b><![CDATA[<]]></a>")]
    [InlineData("<tns:a xmlns:tns='urn:x' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'><tns:b xsi:type='tns:t'/></tns:a>")]
    public void Apply_ConventionalPrefixes_LeaveByteForByte(string xml) => Text(xml).ShouldBe(xml);

    [Theory]
    [InlineData("<SMUGGLED:a xmlns:SMUGGLED=\"urn:x\"><SMUGGLED:b>v</SMUGGLED:b></SMUGGLED:a>", "<n1:a xmlns:n1=\"urn:x\"><n1:b>v</n1:b></n1:a>")]
    [InlineData("<a xmlns=\"urn:x\" xmlns:SMUGGLED=\"urn:x\"><b/></a>", "<a xmlns=\"urn:x\"><b/></a>")]
    [InlineData("<x:a xmlns:x=\"urn:x\"><y:b xmlns:y=\"urn:x\"/></x:a>", "<n1:a xmlns:n1=\"urn:x\"><n1:b/></n1:a>")]
    [InlineData("<a xmlns:SMUGGLED=\"urn:x\"><b xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" i:type=\"SMUGGLED:t\" c='\"'/></a>", "<a xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:n1=\"urn:x\"><b xsi:type=\"n1:t\" c='\"'/></a>")]
    [InlineData("<SMUGGLED:a xmlns:SMUGGLED=\"urn:x\"><b><c xmlns=\"urn:y\"><d xmlns=\"\"/></c></b></SMUGGLED:a>", "<n1:a xmlns:n1=\"urn:x\"><b><c xmlns=\"urn:y\"><d xmlns=\"\"/></c></b></n1:a>")]
    public void Apply_PrefixOfTheSendersChoice_IsReplaced(string xml, string expected) => Text(xml).ShouldBe(expected);

    [Fact]
    public void Apply_ReferencesToParts_AreNumbered()
    {
        ReadOnlyMemory<byte> output = XmlNeutral.Apply(Encoding.UTF8.GetBytes($"<a><b><x:Include xmlns:x=\"{Xop}\" href=\"cid:SMUGGLED%40x\"/></b><c><x:Include xmlns:x=\"{Xop}\" href=\"cid:two\"></x:Include></c></a>"), out IReadOnlyDictionary<string, string> renamed);

        Encoding.UTF8.GetString(output.Span).ShouldBe($"<a xmlns:xop=\"{Xop}\"><b><xop:Include href=\"cid:part-1\"/></b><c><xop:Include href=\"cid:part-2\"></xop:Include></c></a>");
        renamed.OrderBy(static p => p.Value, StringComparer.Ordinal).Select(static p => $"{p.Key}={p.Value}").ShouldBe(["SMUGGLED@x=part-1", "two=part-2"]);
    }

    [Fact]
    public void Apply_AnyPrefixes_KeepNamesNamespacesAndTextAndLoseThePrefix() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, 4).ListOf().Select(static kinds => kinds.ToList())), static kinds =>
        {
            string inner = string.Concat(kinds.Select(static (kind, i) => kind switch
            {
                0 => $"<SECRETa:e{i} xmlns:SECRETa='urn:a' SECRETa:at='v{i}'>t{i}</SECRETa:e{i}>",
                1 => $"<e{i} xmlns='urn:b'>&#65;{i}<f/></e{i}>",
                2 => $"<e{i}><![CDATA[{i}]]></e{i}>",
                3 => $"<SECRETb:e{i} xmlns:SECRETb='urn:b'><e xmlns=''/></SECRETb:e{i}>",
                _ => $"<ns1:e{i} xmlns:ns1='urn:c'/>",
            }));
            string xml = $"<SECRETr:r xmlns:SECRETr='urn:r'>{inner}</SECRETr:r>";
            string text = Text(xml);
            text.ShouldNotContain("SECRET");
            Shape(XElement.Parse(text)).ShouldBe(Shape(XElement.Parse(xml)));
        }).Hold(200);

    private static string Shape(XElement element) =>
        $"{element.Name}[{string.Join(',', element.Attributes().Where(static a => !a.IsNamespaceDeclaration).Select(static a => $"{a.Name}={a.Value}"))}]({string.Concat(element.Nodes().Select(static n => n is XElement e ? Shape(e) : ((XText)n).Value))})";

    private static string Text(string xml) => Encoding.UTF8.GetString(XmlNeutral.Apply(Encoding.UTF8.GetBytes(xml), out _).Span);
}
