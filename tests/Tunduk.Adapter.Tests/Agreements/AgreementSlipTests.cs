using Tunduk.Adapter.Agreements;

namespace Tunduk.Adapter.Tests.Agreements;

/// <summary>The slips of whoever writes agreements: each is told when the document loads, with what to write instead.</summary>
public sealed class AgreementSlipTests
{
    private const string NoContract = "attachments: none";

    [Theory]
    [InlineData("own: sandbox/GOV/70009001/registry", "own: GOV/70009001/registry", "wrong_identifier")]
    [InlineData("counterparty: sandbox/COM/60009001/loans", "counterparty: COM/60009001/loans", "wrong_identifier")]
    [InlineData("representedParties: none", "representedParties: \"*\"", "wrong_identifier")]
    [InlineData("representedParties: none", "representedParties: [sandbox/COM/60009002/shop]", "wrong_identifier")]
    [InlineData("representedParties: none", "representedParties: [COM/60009002, COM/60009002]", "duplicate_party")]
    [InlineData(NoContract, "hours: [ { from: \"09:00\", until: \"09:00\" } ]", "contradiction")]
    [InlineData(NoContract, "headers: { request: [\"*\"] }", "wrong_text")]
    [InlineData(NoContract, "headers: { request: [tunduk-target] }", "header_never_crosses")]
    [InlineData(NoContract, "headers: { response: [Signature] }", "header_never_crosses")]
    [InlineData(NoContract, "headers: { request: [Security] }", "header_never_crosses")]
    [InlineData(NoContract, "headers: { request: [exchange] }", "header_never_crosses")]
    [InlineData(NoContract, "xml: { namespaces: [\"http://x-road.eu/xsd/xroad.xsd\"] }", "wrong_text")]
    [InlineData(NoContract, "xml: { namespaces: [\"http://www.w3.org/2004/08/xop/include\"] }", "wrong_text")]
    [InlineData(NoContract, "xml: { namespaces: [\"urn:a b\"] }", "wrong_text")]
    [InlineData(NoContract, "xml: { namespaces: [\"urn:a\", \"urn:a\"] }", "duplicate_path")]
    [InlineData(NoContract, "xml: { elements: [findPersonResponse] }", "wrong_text")]
    [InlineData(NoContract, "attachments: [ { name: a, types: [\"*/*\"] } ]", "wrong_type")]
    [InlineData(NoContract, "endpoints: [ \"GET /{a}\", \"GET /{b}\" ]", "duplicate_endpoint")]
    [InlineData(NoContract, "limits: { perMinute: 100, perDay: 10 }", "contradiction")]
    [InlineData(NoContract, "limits: { responseBytes: 200, bytesPerDay: 100 }", "contradiction")]
    [InlineData("sha256: \"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"", "ca: \"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\", subject: \"*\"", "wrong_subject")]
    [InlineData("reference: \"SLA No. 14\"", "reference: \"SLA \\u202E41 .oN\"", "wrong_text")]
    [InlineData("reference: \"SLA No. 14\"", "reference: \"SLA No. 14\\nand more\"", "wrong_text")]
    [InlineData("address/**]", "address/**, address/street]", "overlapping_paths")]
    [InlineData("[surname, name,", "[\"**\", surname, name,", "overlapping_paths")]
    [InlineData("[surname, name,", "[\"*/street\", person/street, surname, name,", "overlapping_paths")]
    [InlineData("service: getPerson/v1", "service: getPerson/test", "test_like_name")]
    [InlineData("service: getPerson/v1", "service: testingPerson/v1", "test_like_name")]
    [InlineData("service: getPerson/v1", "service: mytest", "test_like_name")]
    [InlineData("service: getPerson/v1", "service: getPersonDemo", "test_like_name")]
    [InlineData("own: sandbox/GOV/70009001/registry", "own: sandbox/GOV/70009001/reg-test", "test_like_name")]
    [InlineData("response: { allow: [surname", "endpoints: [ \"GET /a\" ]\n    response: { allow: [body/surname", "wrong_path")]
    public void Read_Slip_IsAFaultWithARemedy(string from, string to, string code)
    {
        AgreementTexts.Full.ShouldContain(from);
        AgreementReading reading = AgreementTexts.Read(AgreementTexts.Full.Replace(from, to));
        AgreementFault fault = reading.Faults.FirstOrDefault(f => f.Code == code && !f.IsWarning).ShouldNotBeNull(string.Join('\n', reading.Faults));
        fault.Line.ShouldBeGreaterThan(0);
        fault.Remedy.ShouldNotBeEmpty();
        reading.Agreement.ShouldBeNull();
    }

    [Theory]
    [InlineData("\n    response: { allow: [surname, name, patronymic, dateOfBirth, address/**], unlisted: remove }", "", "nothing_listed")]
    [InlineData("[surname, name, patronymic, dateOfBirth, address/**]", "[\"**\"]", "everything_listed")]
    [InlineData("issue: required }", "issue: record }", "purpose_not_demanded")]
    [InlineData("outbound: embedded, inbound: required", "outbound: detached, inbound: required", "signed_one_way")]
    [InlineData("date: 2026-03-01 }\nvalid", "date: 2026-04-01 }\nvalid", "basis_after_beginning")]
    public void Read_Doubt_IsSaidAndTheDocumentCounts(string from, string to, string code)
    {
        AgreementTexts.Full.ShouldContain(from);
        string written = AgreementTexts.Full.Replace(from, to);
        AgreementReading reading = AgreementTexts.Read(written);
        reading.Agreement.ShouldNotBeNull(string.Join('\n', reading.Faults));
        reading.Faults.ShouldContain(f => f.Code == code && f.IsWarning, string.Join('\n', reading.Faults));
    }

    [Theory]
    [InlineData("getPersn/v1")]
    [InlineData("getPerson/v2")]
    [InlineData("GetPerson/v1")]
    public void Read_ServiceTheContractDoesNotHave_NamesTheNearest(string name)
    {
        AgreementReading reading = new AgreementReader(static _ => null, services: static _ => ["getPerson/v1"]).Read("a.yaml", System.Text.Encoding.UTF8.GetBytes(AgreementTexts.Full.Replace("getPerson/v1", name)));
        reading.Faults.Single(static f => f.Code == "no_contract").Remedy.ShouldContain("getPerson/v1");
    }

    [Fact]
    public void Read_ServiceWithoutTheContractsVersion_SaysThatNamesAreExact() =>
        AgreementTexts.Read(AgreementTexts.Full.Replace("getPerson/v1", "getPerson"), static _ => ContractCheckerTests.Person).Faults.ShouldContain(static f => f.Code == "service_name_differs" && f.Remedy.Contains("getPerson/v1", StringComparison.Ordinal));

    [Theory]
    [InlineData("persons: [ { path: request/pn, kind: pin } ]", "unknown_path", "request/pin")]
    [InlineData("persons: [ { path: response/adress/house, kind: pin } ]", "unknown_path", "response/address/house")]
    [InlineData("endpoints: [ \"GET /a\" ]", "contradiction", "SOAP")]
    [InlineData("xml: { elements: [getPersonV2Response] }", "contradiction", "without a contract")]
    public void Read_AgainstTheContract_IsAFault(string written, string code, string told)
    {
        string text = AgreementTexts.Full.Replace("attachments: none\n    persons: [ { path: request/pin, kind: pin } ]", written);
        text.ShouldContain(written);
        AgreementFault fault = AgreementTexts.Read(text, static _ => ContractCheckerTests.Person).Faults.FirstOrDefault(f => f.Code == code && !f.IsWarning).ShouldNotBeNull();
        $"{fault.Message} {fault.Remedy}".ShouldContain(told);
    }

    [Theory]
    [InlineData("attestPerson", false)]
    [InlineData("getLatestPrice", false)]
    [InlineData("testamentRegistry", false)]
    [InlineData("shortestPath", false)]
    [InlineData("demography", false)]
    [InlineData("getPersonTst", true)]
    [InlineData("testing", true)]
    [InlineData("mytest", true)]
    [InlineData("getPerson-test2", true)]
    [InlineData("ТестСервис", true)]
    public void TestName_Word_IsRecognised(string name, bool isTest) => TestName.Matches(name).ShouldBe(isTest);
}
