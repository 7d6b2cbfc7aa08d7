#pragma warning disable RS0030 // The framework's canonicalizer, which needs XmlDocument, is the judge here.
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;
using Tunduk.Evidence.Canonicalization;
using Tunduk.Xml;
using Tunduk.Xml.Tests;

namespace Tunduk.Evidence.Tests.Canonicalization;

public sealed class ExclusiveCanonicalizerTests
{
    [Fact]
    public void Write_GeneratedCorpus_EqualsFramework()
    {
        foreach (int seed in Corpus.Seeds)
        {
            // The prolog is outside of what is signed.
            byte[] document = Encoding.UTF8.GetBytes(Subtree(new GeneratedXml(seed).Document()));
            string? prefixes = (seed % 3) switch { 0 => null, 1 => "a n1", _ => "b #default" };
            Encoding.UTF8.GetString(Ours(document, prefixes)).ShouldBe(Encoding.UTF8.GetString(Framework(document, prefixes)), $"seed {seed}: {Encoding.UTF8.GetString(document)}");
        }
    }

    [Theory]
    [InlineData("<a/>", "<a></a>")]
    [InlineData("<a  b = 'x\"y' a=\"'\"/>", "<a a=\"'\" b=\"x&quot;y\"></a>")]
    [InlineData("<a><!-- gone -->x<?p  d ?></a>", "<a>x<?p d ?></a>")]
    [InlineData("<a><![CDATA[<&>]]></a>", "<a>&lt;&amp;&gt;</a>")]
    [InlineData("<a b='&#9;&#10;&#13;\t\r\n\r&lt;'>\r\n\r&#13;></a>", "<a b=\"&#x9;&#xA;&#xD;   &lt;\">\n\n&#xD;&gt;</a>")]
    [InlineData("<p:a xmlns:p='u' xmlns:q='v'><q:b p:z='1' q:y='2' x='3'/></p:a>", "<p:a xmlns:p=\"u\"><q:b xmlns:q=\"v\" x=\"3\" p:z=\"1\" q:y=\"2\"></q:b></p:a>")]
    [InlineData("<a xmlns='u'><b xmlns=''><c/></b></a>", "<a xmlns=\"u\"><b xmlns=\"\"><c></c></b></a>")]
    [InlineData("<a xmlns='u&amp;\"'/>", "<a xmlns=\"u&amp;&quot;\"></a>")]
    public void Write_KnownForms_Canonical(string document, string expected) =>
        Encoding.UTF8.GetString(Ours(Encoding.UTF8.GetBytes(document), null)).ShouldBe(expected);

    [Fact]
    public void Write_InnerElement_TakesOnlyWhatItUses()
    {
        XmlTape.TryParse("<e xmlns='d' xmlns:q='v' xmlns:z='z'><q:b t='z:x'/></e>"u8.ToArray(), out XmlTape? tape, out _).ShouldBeTrue();
        Tunduk.Xml.XmlElement inner = tape.Root.Child("v", "b");
        Encoding.UTF8.GetString(ExclusiveCanonicalizer.ToArray(inner)).ShouldBe("<q:b xmlns:q=\"v\" t=\"z:x\"></q:b>");
        Encoding.UTF8.GetString(ExclusiveCanonicalizer.ToArray(inner, "z", "#default"))
            .ShouldBe("<q:b xmlns=\"d\" xmlns:q=\"v\" xmlns:z=\"z\" t=\"z:x\"></q:b>");
    }

    [Fact]
    public void Write_ManyElementsAndDeepBuffer_Grows()
    {
        string document = "<a>" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"<p{i}:x xmlns:p{i}='u{i % 200}' y='{i}'/>")) + "</a>";
        Encoding.UTF8.GetString(Ours(Encoding.UTF8.GetBytes(document), null)).Length.ShouldBeGreaterThan(document.Length);
    }

    internal static string Subtree(string document)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(document);
        XmlTape.TryParse(utf8, out XmlTape? tape, out XmlFault fault).ShouldBeTrue(fault.ToString());
        using (tape)
        {
            return Encoding.UTF8.GetString(tape.Root.OuterRange.Of(utf8));
        }
    }

    private static byte[] Ours(byte[] document, string? prefixes)
    {
        XmlTape.TryParse(document, out XmlTape? tape, out XmlFault fault).ShouldBeTrue(fault.ToString());
        using (tape)
        {
            return ExclusiveCanonicalizer.ToArray(tape.Root, prefixes?.Split(' ') ?? []);
        }
    }

    private static byte[] Framework(byte[] document, string? prefixes)
    {
        var dom = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        // XmlDocument.Load(Stream) reads without normalisation (XML 1.0 §3.3.3); this reader normalises.
        using (var reader = XmlReader.Create(new MemoryStream(document)))
        {
            dom.Load(reader);
        }

        var transform = new XmlDsigExcC14NTransform(includeComments: false, prefixes);
        transform.LoadInput(dom);
        using var output = (MemoryStream)transform.GetOutput(typeof(Stream));
        return output.ToArray();
    }
}
