using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Tests.Contracts;

namespace Tunduk.XRoad.Tests.Mapping;

/// <summary>Values whose order is partial (XSD 1.0 part 2, §3.2.6.2 and §3.2.7.4), and qualified names as values.</summary>
public class OddValueTests
{
    [Theory]
    [InlineData("xs:dateTime", "minInclusive", "2020-01-02T00:00:00Z", "2020-01-03T00:00:00", true)]
    [InlineData("xs:dateTime", "minInclusive", "2020-01-02T00:00:00Z", "2020-01-02T12:00:00", false)]
    [InlineData("xs:dateTime", "minInclusive", "2020-01-02T00:00:00Z", "2020-01-02T00:00:00+00:00", true)]
    [InlineData("xs:dateTime", "maxInclusive", "2020-01-02T00:00:00Z", "2020-01-01T09:00:00", true)]
    [InlineData("xs:dateTime", "maxInclusive", "2020-01-02T00:00:00Z", "2020-01-01T11:00:00", false)]
    [InlineData("xs:dateTime", "maxInclusive", "2020-01-02T00:00:00", "2020-01-02T00:00:00", true)]
    [InlineData("xs:date", "minInclusive", "2001-01-01", "2001-01-01", true)]
    [InlineData("xs:date", "minInclusive", "2001-01-01", "2001-01-01Z", false)]
    [InlineData("xs:date", "minInclusive", "2001-01-01", "2001-01-02Z", true)]
    [InlineData("xs:time", "maxExclusive", "12:00:00Z", "11:00:00", false)]
    [InlineData("xs:duration", "maxInclusive", "P1M", "P27D", true)]
    [InlineData("xs:duration", "maxInclusive", "P1M", "P28D", false)]
    [InlineData("xs:duration", "minInclusive", "P1M", "P32D", true)]
    [InlineData("xs:duration", "minInclusive", "P1M", "P31D", false)]
    [InlineData("xs:duration", "maxInclusive", "P1Y", "P12M", true)]
    [InlineData("xs:duration", "minExclusive", "-P1Y", "-P365D", false)]
    public void ToXml_BoundOfPartialOrder_IndeterminateIsNotValid(string type, string facet, string bound, string value, bool valid)
    {
        var shape = MappingHarness.Shape("<xs:sequence><xs:element name='v' type='t:V'/></xs:sequence>", $"<xs:simpleType name='V'><xs:restriction base='{type}'><xs:{facet} value='{bound}'/></xs:restriction></xs:simpleType>");
        var (result, _) = MappingHarness.ToXmlResult(shape, $$"""{"v":"{{value}}"}""");
        result.Faults.Select(fault => fault.Code).ShouldBe(valid ? [] : ["range"]);
    }

    [Theory]
    [InlineData("local", "local")]
    [InlineData("{}local", "local")]
    [InlineData("{urn:t}local", "tns:local")]
    public void ToXml_QName_IsANameOfTheMessage(string json, string xml)
    {
        var shape = MappingHarness.Shape("<xs:sequence><xs:element name='v' type='xs:QName'/></xs:sequence>");
        var text = MappingHarness.ToXml(shape, $$"""{"v":"{{json}}"}""");
        text.ShouldContain($">{xml}<");
        MappingHarness.ToJson(shape, text).ShouldBe($$"""{"v":"{{(json == "{}local" ? "local" : json)}}"}""");
    }

    [Theory]
    [InlineData("tns:local")]
    [InlineData("{urn:elsewhere}local")]
    public void ToXml_QNameOfNoNamespaceOfTheMessage_IsRefused(string json) =>
        MappingHarness.XmlFault(MappingHarness.Shape("<xs:sequence><xs:element name='v' type='xs:QName'/></xs:sequence>"), $$"""{"v":"{{json}}"}""").Code.ShouldBe("type");

    [Theory]
    [InlineData("<xs:redefine schemaLocation='other.xsd'/>", "xs:redefine", FindingSeverity.Error)]
    [InlineData("<xs:element name='k' type='xs:string'><xs:unique name='u'><xs:selector xpath='.'/><xs:field xpath='.'/></xs:unique></xs:element>", "xs:unique", FindingSeverity.Warning)]
    public void Import_WhatIsNotMapped_IsSaidByLine(string globals, string construct, FindingSeverity severity)
    {
        var import = ContractFiles.Schema(globals.Contains("'k'", StringComparison.Ordinal) ? "<xs:sequence><xs:element ref='t:k'/></xs:sequence>" : "<xs:sequence/>", globals);
        var finding = import.Findings.Where(f => f.Construct == construct).ShouldHaveSingleItem();
        finding.Severity.ShouldBe(severity);
        finding.Location.Line.ShouldBe(3);
    }

    [Fact]
    public void Import_SameOperationBoundTwiceWithOtherMessages_IsSaid()
    {
        var wsdl = ContractFiles.Wsdl("<xs:sequence/>");
        var second = wsdl.Replace("<wsdl:message name=\"out\">", "<wsdl:message name=\"in2\"><wsdl:part name=\"body\" element=\"t:opResponse\"/></wsdl:message><wsdl:message name=\"out\">", StringComparison.Ordinal)
            .Replace("<wsdl:binding ", "<wsdl:portType name=\"p2\"><wsdl:operation name=\"op\"><wsdl:input message=\"t:in2\"/><wsdl:output message=\"t:out\"/></wsdl:operation></wsdl:portType><wsdl:binding ", StringComparison.Ordinal);
        var binding = second[second.IndexOf("<wsdl:binding ", StringComparison.Ordinal)..second.IndexOf("</wsdl:definitions>", StringComparison.Ordinal)];
        second = second.Replace("</wsdl:definitions>", binding.Replace("type=\"t:p\"", "type=\"t:p2\"", StringComparison.Ordinal) + "</wsdl:definitions>", StringComparison.Ordinal);

        var import = Contract.ImportText(System.Text.Encoding.UTF8.GetBytes(second), "x.wsdl");

        import.Contract!.Operations.ShouldHaveSingleItem();
        import.Findings.ShouldContain(f => f.Severity == FindingSeverity.Warning && f.Construct == "wsdl:operation" && f.Message.Contains("second time", StringComparison.Ordinal));
    }

    [Fact]
    public void Import_RpcEncoded_IsRefusedByLine()
    {
        var import = Contract.ImportText(System.Text.Encoding.UTF8.GetBytes(ContractFiles.Wsdl("<xs:sequence/>").Replace("use=\"literal\"", "use=\"encoded\"", StringComparison.Ordinal)), "x.wsdl");
        import.Contract.ShouldBeNull();
        import.Findings.ShouldContain(f => f.Construct == "soap:body" && f.Location.Line > 0);
    }

    [Fact]
    public void Import_ElementNotNamedAsItsService_IsSaid()
    {
        var import = Contract.ImportText(System.Text.Encoding.UTF8.GetBytes(ContractFiles.Wsdl("<xs:sequence/>").Replace("operation name=\"op\"", "operation name=\"ask\"", StringComparison.Ordinal)), "x.wsdl");
        import.IsWhole.ShouldBeTrue();
        import.Findings.Where(f => f.Construct == "wsdl:operation" && f.Severity == FindingSeverity.Warning).Select(f => f.Location.Line).ShouldBe([4, 5]);
    }
}
