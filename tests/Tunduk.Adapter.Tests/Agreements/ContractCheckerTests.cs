using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Filtering;
using Tunduk.Adapter.Tests.Filtering;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.Agreements;

public class ContractCheckerTests
{
    internal static readonly ContractFields Person = ContractFieldsFactory.Of(PersonContract().Find("getPerson", "v1")!);

    [Fact]
    public void Read_PathThatDoesNotExist_NamesTheNearest()
    {
        AgreementFault fault = Read("surname", "surnme").Faults.Single(static f => f.Code == "unknown_path");
        fault.IsWarning.ShouldBeFalse();
        fault.Remedy.ShouldContain("surname");
        fault.Line.ShouldBe(AgreementTexts.Full.Split('\n').ToList().FindIndex(static l => l.Contains("response:")) + 1);
    }

    [Fact]
    public void Read_EstablishedText_ContractChangesAreWarnings()
    {
        AgreementReading reading = new AgreementReader(static _ => Person).Read("a.yaml", System.Text.Encoding.UTF8.GetBytes(AgreementTexts.Full.Replace("surname", "surnme")), established: true);
        reading.Agreement.ShouldNotBeNull();
        reading.Faults.ShouldContain(static f => f.Code == "unknown_path" && f.IsWarning);
    }

    [Fact]
    public void Read_RequiredFieldRemoved_SaysSoWithTheWayOut()
    {
        AgreementFault fault = Read("surname, ", string.Empty).Faults.Single(static f => f.Code == "required_field_removed" && f.Key.EndsWith("response", StringComparison.Ordinal));
        fault.IsWarning.ShouldBeTrue();
        fault.Message.ShouldContain("surname");
        fault.Remedy.ShouldContain("blank");
    }

    [Theory]
    [InlineData("role: provider", "response", "every response is refused as required_field_removed, after the service has executed the request")]
    [InlineData("role: consumer", "response", "goes on so to whoever receives it")]
    [InlineData("role: provider", "request", "goes on so to whoever receives it")]
    [InlineData("role: consumer", "request", "every request is refused as required_field_removed")]
    public void Read_RequiredFieldRemoved_SaysWhatBecomesOfSuchMessages(string role, string side, string told)
    {
        string text = AgreementTexts.Full.Replace("role: provider", role).Replace("[pin]", "[]").Replace("surname, ", string.Empty);
        AgreementFault fault = AgreementTexts.Read(text, static _ => Person).Faults.Single(f => f.Code == "required_field_removed" && f.Key.EndsWith(side, StringComparison.Ordinal));
        fault.Message.ShouldContain(told);
    }

    [Fact]
    public void Read_NoResponseAtAll_TellsEveryRequiredField()
    {
        AgreementReading reading = AgreementTexts.Read(AgreementTexts.Full.Replace("    response: { allow: [surname, name, patronymic, dateOfBirth, address/**], unlisted: remove }\n", string.Empty), static _ => Person);
        reading.Faults.ShouldContain(static f => f.Code == "nothing_listed");
        reading.Faults.ShouldContain(static f => f.Code == "required_field_removed" && f.Message.Contains("surname", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_BlankWhereNothingMayBeEmpty_SaysThatAnswersAreRefused() =>
        Read("unlisted: remove", "blank: [gender], unlisted: remove").Faults.Single(static f => f.Code == "blank_not_valid").Message.ShouldContain("refused as required_field_removed");

    [Fact]
    public void Read_WithContract_KnownNamesAreToldWhenRemoved()
    {
        AgreementService service = Read("x", "x").Agreement!.Services[0];
        service.CheckedAgainstContract.ShouldBeTrue();
        service.ResponseFields.Shape.ShouldBe(Tunduk.Adapter.Filtering.MessageShape.Wrapped);
        (string text, FilterResult result) = FilterRuns.Json(service.ResponseFields, """{"request":{"pin":"1"},"response":{"surname":"A","photo":"S","new":"S"}}""");
        text.ShouldBe("""{"request":{"pin":"1"},"response":{"surname":"A"}}""");
        result.Removed().ShouldBe("response/photo response/(unlisted)");
        service.Namespaces!.Counts("urn:evil"u8).ShouldBeFalse();
    }

    [Fact]
    public void Apply_JsonFormOfXml_OwnTextFollowsItsElement()
    {
        FieldList list = FieldList.ForResponse(FilterRuns.Rules("surname address/street"), FieldRules.Nothing).ForMappedXml();
        FilterRuns.Json(list, """{"response":{"surname":{"$":"A","$type":"t","@x":"S","$x":"S"},"address":{"$":"S","$content":[{"street":"B"},"S",{"house":"S"}]}}}""").Text
            .ShouldBe("""{"response":{"surname":{"$":"A","$type":"t"},"address":{"$content":[{"street":"B"},{}]}}}""");
    }

    /// <summary>The contract of the demonstration service.</summary>
    internal static Contract PersonContract()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Tunduk.Adapter.sln")))
        {
            folder = folder.Parent.ShouldNotBeNull();
        }

        return Contract.Import(Path.Combine(folder.FullName, "src/Tunduk.Adapter/Sandbox/Contracts/sandbox_GOV_70009001_registry_getPerson_v1.wsdl")).Contract.ShouldNotBeNull();
    }

    private static AgreementReading Read(string from, string to) =>
        AgreementTexts.Read(AgreementTexts.Full.Replace(from, to), static s => s == AgreementTexts.GetPerson ? Person : null);
}
