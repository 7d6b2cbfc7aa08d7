using System.Text;

namespace Tunduk.Xml.Tests;

public sealed class XmlTapeFaultTests
{
    public static TheoryData<string, XmlFaultCode> Malformed => new()
    {
        { "", XmlFaultCode.NoRoot },
        { "  ", XmlFaultCode.NoRoot },
        { "text", XmlFaultCode.ContentOutsideRoot },
        { "<a/>x", XmlFaultCode.ContentOutsideRoot },
        { "<a/><b/>", XmlFaultCode.ContentOutsideRoot },
        { "<a>", XmlFaultCode.UnclosedElement },
        { "<a><b></a>", XmlFaultCode.MismatchedTag },
        { "</a>", XmlFaultCode.MismatchedTag },
        { "<a></ab>", XmlFaultCode.MismatchedTag },
        { "<a></a", XmlFaultCode.MismatchedTag },
        { "<a", XmlFaultCode.MalformedMarkup },
        { "<a b='1'c='2'/>", XmlFaultCode.MalformedMarkup },
        { "<a / >", XmlFaultCode.MalformedMarkup },
        { "<1a/>", XmlFaultCode.MalformedName },
        { "<a:/>", XmlFaultCode.MalformedName },
        { "<:a/>", XmlFaultCode.MalformedName },
        { "<a:b:c xmlns:a='u'/>", XmlFaultCode.MalformedName },
        { "<a b/>", XmlFaultCode.MalformedAttribute },
        { "<a b=c/>", XmlFaultCode.MalformedAttribute },
        { "<a b='c/>", XmlFaultCode.MalformedAttribute },
        { "<a b='<'/>", XmlFaultCode.MalformedAttribute },
        { "<a b='1' b='2'/>", XmlFaultCode.DuplicateAttribute },
        { "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>", XmlFaultCode.DuplicateAttribute },
        { "<a xmlns='u' xmlns='u'/>", XmlFaultCode.DuplicateAttribute },
        { "<p:a/>", XmlFaultCode.UndeclaredPrefix },
        { "<a p:b='1'/>", XmlFaultCode.UndeclaredPrefix },
        { "<a><b xmlns:p='u'/><p:c/></a>", XmlFaultCode.UndeclaredPrefix },
        { "<xmlns:a/>", XmlFaultCode.ForbiddenNamespace },
        { "<a xmlns:p=''/>", XmlFaultCode.ForbiddenNamespace },
        { "<a xmlns:xml='u'/>", XmlFaultCode.ForbiddenNamespace },
        { "<a xmlns:xmlns='u'/>", XmlFaultCode.ForbiddenNamespace },
        { "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", XmlFaultCode.ForbiddenNamespace },
        { "<a xmlns='http://www.w3.org/2000/xmlns/'/>", XmlFaultCode.ForbiddenNamespace },
        { "<a>&nbsp;</a>", XmlFaultCode.UndefinedEntity },
        { "<a b='&x;'/>", XmlFaultCode.UndefinedEntity },
        { "<a>&</a>", XmlFaultCode.MalformedReference },
        { "<a>& b;</a>", XmlFaultCode.MalformedReference },
        { "<a>&#;</a>", XmlFaultCode.MalformedReference },
        { "<a>&#x;</a>", XmlFaultCode.MalformedReference },
        { "<a>&#xG;</a>", XmlFaultCode.MalformedReference },
        { "<a>&#0;</a>", XmlFaultCode.ForbiddenCharacter },
        { "<a>&#xD800;</a>", XmlFaultCode.ForbiddenCharacter },
        { "<a>&#x110000;</a>", XmlFaultCode.ForbiddenCharacter },
        { "<a>&#99999999999;</a>", XmlFaultCode.ForbiddenCharacter },
        { "<a>\u0001</a>", XmlFaultCode.ForbiddenCharacter },
        { "<a>\uFFFE</a>", XmlFaultCode.ForbiddenCharacter },
        { "<a>]]></a>", XmlFaultCode.CdataEndInText },
        { "<a><![CDATA[x</a>", XmlFaultCode.MalformedMarkup },
        { "<a><!-- -- --></a>", XmlFaultCode.MalformedMarkup },
        { "<a><!-- --->\n</a>", XmlFaultCode.MalformedMarkup },
        { "<a><?xml version='1.0'?></a>", XmlFaultCode.MalformedDeclaration },
        { "<a><?a:b c?></a>", XmlFaultCode.MalformedMarkup },
        { " <?xml version='1.0'?><a/>", XmlFaultCode.MalformedDeclaration },
        { "<?xml version='1.1'?><a/>", XmlFaultCode.UnsupportedVersion },
        { "<?xml version='1.0' encoding='windows-1251'?><a/>", XmlFaultCode.UnsupportedEncoding },
        { "<?xml version='1.0' encoding='UTF_8'?><a/>", XmlFaultCode.UnsupportedEncoding },
        { "<?xml version='1.0' encoding=' UTF-8'?><a/>", XmlFaultCode.UnsupportedEncoding },
        { "<?xml encoding='utf-8'?><a/>", XmlFaultCode.MalformedDeclaration },
        { "<?xml version='1.0' standalone='maybe'?><a/>", XmlFaultCode.MalformedDeclaration },
        { "<!DOCTYPE a><a/>", XmlFaultCode.DoctypeForbidden },
        { "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", XmlFaultCode.DoctypeForbidden },
        { "<a><!DOCTYPE a></a>", XmlFaultCode.DoctypeForbidden },
        { "<a><!ELEMENT a ANY></a>", XmlFaultCode.MalformedMarkup },
        { "<![CDATA[x]]>", XmlFaultCode.MalformedMarkup },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void TryParse_Malformed_RefusesByCode(string document, XmlFaultCode code)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(document);
        XmlTape.TryParse(utf8, out XmlTape? tape, out XmlFault fault).ShouldBeFalse();
        tape.ShouldBeNull();
        fault.Code.ShouldBe(code);
        fault.Offset.ShouldBeInRange(0, utf8.Length);
        fault.CodeName.ShouldStartWith("xml_");
    }

    [Fact]
    public void TryParse_InvalidUtf8_NamesTheOffset()
    {
        Refuse([(byte)'<', (byte)'a', (byte)'>', 0xC0, 0x80], XmlLimits.Default).ShouldBe(new XmlFault(XmlFaultCode.NotUtf8, 3, 1, 4));
    }

    [Fact]
    public void TryParse_Utf16_Refused() =>
        Refuse(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("<a/>")).ToArray(), XmlLimits.Default).Code
            .ShouldBe(XmlFaultCode.NotUtf8);

    [Theory]
    [InlineData("<a><a><a/></a></a>", XmlFaultCode.TooDeep)]
    [InlineData("<a b='' c='' d=''/>", XmlFaultCode.TooManyAttributes)]
    [InlineData("<abcdefghi/>", XmlFaultCode.NameTooLong)]
    [InlineData("<a><b/><b/><b/><b/></a>", XmlFaultCode.TooManyNodes)]
    [InlineData("<a xmlns='u1'><b xmlns='u2'/><b xmlns='u3'/></a>", XmlFaultCode.TooManyNamespaces)]
    [InlineData("<a xmlns='u1' xmlns:a='u1'><b xmlns='u1'/></a>", XmlFaultCode.TooManyNamespaces)]
    [InlineData("<a>                                                              </a>", XmlFaultCode.TooManyBytes)]
    public void TryParse_PastALimit_RefusesByCode(string document, XmlFaultCode code)
    {
        var limits = new XmlLimits { MaxDepth = 2, MaxAttributes = 2, MaxNameBytes = 8, MaxNodes = 4, MaxNamespaces = 2, MaxBytes = 60 };
        Refuse(Encoding.UTF8.GetBytes(document), limits).Code.ShouldBe(code);
    }

    [Fact]
    public void TryParse_FaultOnALaterLine_CountsLinesAndCharacters()
    {
        XmlFault fault = Refuse(Encoding.UTF8.GetBytes("\uFEFF<a>\r\n ы&x;</a>"), XmlLimits.Default);
        (fault.Line, fault.Column).ShouldBe((2, 3));
        fault.ToString().ShouldBe("xml_undefined_entity at line 2, column 3 (byte 11)");
    }

    private static XmlFault Refuse(byte[] document, XmlLimits limits)
    {
        XmlTape.TryParse(document, limits, out _, out XmlFault fault).ShouldBeFalse();
        return fault;
    }
}
