using Tunduk.XRoad.Contracts;

namespace Tunduk.XRoad.Tests.Contracts;

/// <summary>Contracts that tests use: the project's own, and real ones where the folder beside the repository exists.</summary>
internal static class ContractFiles
{
    public static string Root { get; } = FindRoot();

    public static string Own => Path.Combine(Root, "src/Tunduk.Adapter/Sandbox/Contracts/sandbox_GOV_70009001_registry_getPerson_v1.wsdl");

    /// <summary>OpenAPI files as users have them; all names and numbers are invented.</summary>
    public static IReadOnlyList<string> OddRest { get; } = [.. Directory.GetFiles(Path.Combine(Root, "tests/odd-contracts")).Where(file => Path.GetExtension(file) is ".yaml" or ".json").Order(StringComparer.Ordinal)];

    /// <summary>The project's own contract and, where present, the real ones, which are never copied into the repository.</summary>
    public static IReadOnlyList<string> All
    {
        get
        {
            var shared = Path.GetFullPath(Path.Combine(Root, "../shared/contracts"));
            string[] real = Directory.Exists(shared) ? Directory.GetFiles(shared, "*.wsdl") : [];
            var odd = Directory.GetFiles(Path.Combine(Root, "tests/odd-contracts"), "*.wsdl", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "abstract.wsdl");
            return [Own, .. odd.Order(StringComparer.Ordinal), .. real.Order(StringComparer.Ordinal)];
        }
    }

    public static Contract Import(string path)
    {
        var import = Contract.Import(path);
        import.Contract.ShouldNotBeNull(string.Join('\n', import.Findings));
        return import.Contract;
    }

    /// <summary>A contract with one operation <c>op</c> whose request and response are given as schema content of their types.</summary>
    public static ContractImport Schema(string requestContent, string globals = "", string form = "qualified") =>
        Contract.ImportText(System.Text.Encoding.UTF8.GetBytes(Wsdl(requestContent, globals, form)), "test.wsdl");

    public static string Wsdl(string requestContent, string globals = "", string form = "qualified") => $"""
        <wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" xmlns:xrd="http://x-road.eu/xsd/xroad.xsd" targetNamespace="urn:t">
        <wsdl:types><xs:schema targetNamespace="urn:t" elementFormDefault="{form}">
        {globals}
        <xs:element name="op"><xs:complexType>{requestContent}</xs:complexType></xs:element>
        <xs:element name="opResponse"><xs:complexType><xs:sequence/></xs:complexType></xs:element>
        </xs:schema></wsdl:types>
        <wsdl:message name="in"><wsdl:part name="body" element="t:op"/></wsdl:message>
        <wsdl:message name="out"><wsdl:part name="body" element="t:opResponse"/></wsdl:message>
        <wsdl:portType name="p"><wsdl:operation name="op"><wsdl:input message="t:in"/><wsdl:output message="t:out"/></wsdl:operation></wsdl:portType>
        <wsdl:binding name="b" type="t:p"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
        <wsdl:operation name="op"><soap:operation soapAction=""/><xrd:version>v1</xrd:version><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation></wsdl:binding>
        </wsdl:definitions>
        """;

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Tunduk.Adapter.sln")))
        {
            folder = folder.Parent;
        }

        return folder!.FullName;
    }
}
