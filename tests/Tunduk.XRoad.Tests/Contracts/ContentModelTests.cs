using Tunduk.XRoad.Tests.Mapping;

namespace Tunduk.XRoad.Tests.Contracts;

/// <summary>Which numbers of elements a content model takes, where counters and groups repeat each other.</summary>
public class ContentModelTests
{
    [Theory]
    [InlineData("<xs:sequence maxOccurs='unbounded'><xs:element name='a' type='xs:int' minOccurs='2' maxOccurs='4'/></xs:sequence>", "2 3 4 5 6 7 8 9 10")]
    [InlineData("<xs:sequence maxOccurs='unbounded'><xs:element name='a' type='xs:int' minOccurs='3' maxOccurs='4'/></xs:sequence>", "3 4 6 7 8 9 10")]
    [InlineData("<xs:sequence maxOccurs='2'><xs:element name='a' type='xs:int' minOccurs='3' maxOccurs='4'/></xs:sequence>", "3 4 6 7 8")]
    [InlineData("<xs:sequence minOccurs='0' maxOccurs='2'><xs:element name='a' type='xs:int' minOccurs='3' maxOccurs='3'/></xs:sequence>", "0 3 6")]
    [InlineData("<xs:sequence><xs:element name='a' type='xs:int' minOccurs='1' maxOccurs='3'/><xs:element name='a' type='xs:int' minOccurs='2' maxOccurs='3'/></xs:sequence>", "3 4 5 6")]
    [InlineData("<xs:sequence><xs:element name='a' type='xs:int' minOccurs='0' maxOccurs='unbounded'/><xs:element name='a' type='xs:int' minOccurs='2' maxOccurs='2'/></xs:sequence>", "2 3 4 5 6 7 8 9 10")]
    [InlineData("<xs:choice maxOccurs='unbounded'><xs:element name='a' type='xs:int' minOccurs='4' maxOccurs='4'/><xs:sequence><xs:element name='a' type='xs:int' minOccurs='5' maxOccurs='5'/></xs:sequence></xs:choice>", "4 5 8 9 10")]
    [InlineData("<xs:sequence minOccurs='2' maxOccurs='3'><xs:element name='a' type='xs:int' minOccurs='0'/><xs:element name='b' type='xs:int' minOccurs='0'/></xs:sequence>", "0 1 2 3")]
    public void Both_RepeatedCounters_TakeExactlyWhatTheSchemaCounts(string content, string counts)
    {
        var shape = MappingHarness.Shape(content);
        var allowed = counts.Split(' ').Select(int.Parse).ToHashSet();
        for (var n = 0; n <= 10; n++)
        {
            var xml = "<tns:op xmlns:tns='urn:t'>" + string.Concat(Enumerable.Repeat("<tns:a>1</tns:a>", n)) + "</tns:op>";
            var (read, json) = MappingHarness.ToJsonResult(shape, xml);
            read.IsOk.ShouldBe(allowed.Contains(n), $"{n} elements");
            if (read.IsOk)
            {
                MappingHarness.ToXml(shape, json).ShouldBe(xml.Replace('\'', '"'));
            }
        }
    }

    [Fact]
    public void Import_CountersWithTooManyWays_LoosensThemAndSaysSo()
    {
        const string nested = "<xs:sequence maxOccurs='200' minOccurs='100'><xs:sequence maxOccurs='9' minOccurs='7'><xs:element name='a' type='xs:int' minOccurs='90' maxOccurs='900'/><xs:element name='b' type='xs:int' minOccurs='0'/></xs:sequence><xs:element name='a' type='xs:int' minOccurs='2' maxOccurs='3'/></xs:sequence>";
        var import = ContractFiles.Schema(nested);
        import.IsWhole.ShouldBeTrue();
        import.Findings.ShouldContain(f => f.Severity == Tunduk.XRoad.Contracts.FindingSeverity.Warning);
        var shape = import.Contract!.Operations[0].Request;
        MappingHarness.ToJsonResult(shape, "<tns:op xmlns:tns='urn:t'><tns:a>1</tns:a><tns:b>1</tns:b><tns:a>1</tns:a><tns:a>1</tns:a></tns:op>").Result.IsOk.ShouldBeTrue();
        MappingHarness.ToJsonResult(shape, "<tns:op xmlns:tns='urn:t'><tns:b>1</tns:b></tns:op>").Result.IsOk.ShouldBeFalse();
    }
}
