using System.Text;

namespace Tunduk.Xml.Tests;

public sealed class XmlElementTests
{
    private const string Document =
        "\uFEFF<?xml version=\"1.0\"?>\n<e:Envelope xmlns:e='urn:e' xmlns='urn:d'>\n<e:Body e:id='a&#10;b\tc' id=\"2\">"
        + "<x>one<!-- c -->two&amp;<![CDATA[<3>\r\n]]></x><x/><y> t </y></e:Body></e:Envelope>";

    private static readonly byte[] Utf8 = Encoding.UTF8.GetBytes(Document);

    [Fact]
    public void Navigation_KnownDocument_GivesNamesValuesAndRanges()
    {
        using XmlTape tape = Parse();
        XmlElement root = tape.Root;
        root.Is("urn:e", "Envelope").ShouldBeTrue();
        (root.Prefix, root.LocalName, root.NamespaceUri, root.Line, root.Column).ShouldBe(("e", "Envelope", "urn:e", 2, 1));
        root.Parent.Exists.ShouldBeFalse();
        root.TryGetChild("urn:e", "Body", out XmlElement body).ShouldBeTrue();
        body.Parent.ShouldBe(root);
        body.Line.ShouldBe(3);
        Encoding.UTF8.GetString(body.StartTagRange.Of(Utf8)).ShouldBe("<e:Body e:id='a&#10;b\tc' id=\"2\">");
        Encoding.UTF8.GetString(body.OuterRange.Of(Utf8)).ShouldEndWith("</e:Body>");
        Encoding.UTF8.GetString(body.InnerRange.Of(Utf8)).ShouldEndWith("<y> t </y>");
        body.Attributes.Select(a => (a.NamespaceUri, a.LocalName, a.Value)).ShouldBe([("urn:e", "id", "a\nb c"), ("", "id", "2")]);
        body.TryGetAttribute("urn:e", "id", out XmlAttribute attribute).ShouldBeTrue();
        attribute.Prefix.ShouldBe("e");
        Encoding.UTF8.GetString(attribute.ValueRange.Of(Utf8)).ShouldBe("a&#10;b\tc");
        body.Children.Select(c => c.LocalName).ShouldBe(["x", "x", "y"]);
        body.Child("urn:d", "x").Text.ShouldBe("onetwo&<3>\n");
        body.Child("urn:d", "x").HasOnlyText.ShouldBeTrue();
        body.HasOnlyText.ShouldBeFalse();
        body.Children.ElementAt(1).IsEmptyTag.ShouldBeTrue();
        body.Children.ElementAt(1).Text.ShouldBe("");
        body.Child("urn:d", "y").Text.ShouldBe(" t ");
        body.Child("urn:d", "z").Exists.ShouldBeFalse();
        tape.ByteOrderMarkLength.ShouldBe(3);
        tape.CommentCount.ShouldBe(1);
        tape.ProcessingInstructionCount.ShouldBe(0);
    }

    [Fact]
    public void TryResolvePrefix_InScopeAndNot_FindsTheNearestDeclaration()
    {
        using XmlTape tape = Parse();
        XmlElement y = tape.Root.Child("urn:e", "Body").Child("urn:d", "y");
        y.TryResolvePrefix("e", out string e).ShouldBeTrue();
        e.ShouldBe("urn:e");
        y.TryResolvePrefix("", out string byDefault).ShouldBeTrue();
        byDefault.ShouldBe("urn:d");
        y.TryResolvePrefix("q", out _).ShouldBeFalse();
    }

    [Fact]
    public void LocalName_WellKnown_IsOneSharedString()
    {
        using XmlTape first = Parse();
        using XmlTape second = Parse();
        first.Root.LocalName.ShouldBeSameAs(second.Root.LocalName);
    }

    [Fact]
    public void Is_NonAsciiName_ComparesCharacters()
    {
        XmlTape.TryParse("<ы xmlns='urn:ы'/>"u8.ToArray(), out XmlTape? tape, out _).ShouldBeTrue();
        tape.Root.Is("urn:ы", "ы").ShouldBeTrue();
        tape.Root.Is("urn:ы", "ю").ShouldBeFalse();
    }

    [Fact]
    public void Exists_DefaultValue_IsFalseAndUseThrows()
    {
        XmlElement none = default;
        none.Exists.ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => none.LocalName);
    }

    private static XmlTape Parse()
    {
        XmlTape.TryParse(Utf8, out XmlTape? tape, out XmlFault fault).ShouldBeTrue(fault.ToString());
        return tape;
    }
}
