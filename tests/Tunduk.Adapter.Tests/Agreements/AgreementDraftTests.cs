using System.Text.RegularExpressions;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Contracts;

namespace Tunduk.Adapter.Tests.Agreements;

/// <summary><c>draft</c>, <c>check</c>, <c>diff</c> and <c>annex</c> on every operation of every contract.</summary>
public sealed partial class AgreementDraftTests
{
    private static readonly DateOnly Today = new(2026, 7, 1);

    public static TheoryData<string, string> Operations
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach ((string file, Operation operation) in AgreementContractFiles.Operations)
            {
                data.Add(file, operation.ToString());
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Draft_EveryOperation_IsSoundAndLetsNothingPass(string file, string name)
    {
        (Operation operation, string text) = Draft(file, name);
        AgreementReading reading = Read(text, operation);
        AgreementService service = reading.Agreement.ShouldNotBeNull(string.Join('\n', reading.Faults)).Services.ShouldHaveSingleItem();
        service.Request.Allow.ShouldBeEmpty();
        service.Response.Allow.ShouldBeEmpty();
        service.CheckedAgainstContract.ShouldBeTrue();
        foreach (FieldList list in new[] { service.RequestFields, service.ResponseFields })
        {
            foreach (ContractField field in ContractFieldsFactory.Of(operation).Response.Concat(ContractFieldsFactory.Of(operation).Request).Where(static f => !f.HasChildren))
            {
                list.ActionOf(field.Path.Text, list.Shape == Tunduk.Adapter.Filtering.MessageShape.Wrapped, out _).ShouldBe(FieldAction.Remove, field.Path.Text);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Draft_EveryCommentTakenAway_LetsEveryFieldPassAndDiffSaysWhich(string file, string name)
    {
        (Operation operation, string text) = Draft(file, name);
        string open = Open(text);
        AgreementReading reading = Read(open, operation);
        Agreement all = reading.Agreement.ShouldNotBeNull(string.Join('\n', reading.Faults) + open);
        Agreement none = Read(text, operation).Agreement!;
        ContractFields fields = ContractFieldsFactory.Of(operation);
        int leaves = 0;
        foreach ((IReadOnlyList<ContractField> known, FieldList list, string side) in new[] { (fields.Request, all.Services[0].RequestFields, FieldList.Request), (fields.Response, all.Services[0].ResponseFields, FieldList.Response) })
        {
            foreach (ContractField field in known.Where(f => !f.HasChildren && !(side == FieldList.Response && f.Path.Names[0] == FieldList.Request)))
            {
                leaves++;
                list.ActionOf(field.Path.Text, list.Shape == Tunduk.Adapter.Filtering.MessageShape.Wrapped, out _).ShouldBe(FieldAction.Allow, field.Path.Text);
            }
        }

        IReadOnlyList<AgreementDifference> differences = AgreementDiff.Between(none, all, AgreementContractFiles.Fields(operation));
        differences.ShouldAllBe(static d => d.Kind == DifferenceKind.More);
        differences.Where(static d => d.Text.StartsWith("now passes", StringComparison.Ordinal)).Sum(static d => d.Text.Split(", ").Length).ShouldBe(leaves);
        AgreementDiff.Between(all, none, AgreementContractFiles.Fields(operation)).ShouldAllBe(static d => d.Kind == DifferenceKind.Less);
        AgreementDiff.Between(all, Read(open, operation).Agreement!, AgreementContractFiles.Fields(operation)).ShouldBeEmpty();

        AgreementAnnex annex = AgreementAnnex.Of(all, _ => operation, AnnexTexts.Of("ky"), PersonalData.Default);
        annex.Fields.Count.ShouldBe(leaves);
        annex.Fields.Select(static f => f.Number).ShouldBe(Enumerable.Range(1, leaves));
        AgreementAnnex.Of(none, _ => operation, AnnexTexts.Of("ru"), PersonalData.Default).Fields.ShouldBeEmpty();
    }

    [Fact]
    public void Draft_OfTheRegister_MarksPersonalDataAndNamesThePerson()
    {
        (_, string text) = Draft("sandbox_GOV_70009001_registry_getPerson_v1.wsdl", "getPerson/v1");
        foreach ((string field, string mark) in new[] { ("surname", "name of a person"), ("dateOfBirth", "date and place of birth"), ("photo", "photograph and biometrics"), ("address/street", "address"), ("maritalStatus", "marital status and kinship"), ("gender", "sex") })
        {
            text.Split('\n').ShouldContain(l => l.Contains($"# - {field} ", StringComparison.Ordinal) && l.Contains($"[{mark}]", StringComparison.Ordinal), field);
        }

        text.ShouldContain("- { path: request/pin, kind: pin }");
    }

    [Fact]
    public void Draft_OfRest_NamesEndpointAndPlaces()
    {
        (Operation operation, string text) = Draft("addresses.yaml", "address-fact");
        text.ShouldContain("GET /address/{pin}");
        text.ShouldContain("# - path/pin");
        text.ShouldContain("# - query/lang");
        text.ShouldContain("# - header/X-Case");
        AgreementService service = Read(Open(text), operation).Agreement!.Services[0];
        service.RequestHeaders.ShouldBe(["x-case"]);
        service.Endpoints.ShouldHaveSingleItem().ToString().ShouldBe("GET /address/{pin}");
    }

    [Fact]
    public void Draft_TestTwin_IsMarkedAsTest()
    {
        Contract contract = Contract.ImportText(System.Text.Encoding.UTF8.GetBytes("openapi: 3.0.3\ninfo: { title: T, version: \"1\" }\npaths: { /a: { get: { operationId: testBankPinService, responses: {} } } }"), "t.yaml").Contract.ShouldNotBeNull();
        string text = new AgreementDraft(PersonalData.Default).Write(AgreementContractFiles.Own, AgreementContractFiles.Provider, AgreementRole.Consumer, [(AgreementContractFiles.Service(contract.Operations[0]), contract.Operations[0])], "t\n.yaml", Today);
        text.ShouldContain("environment: test");
        Read(text, contract.Operations[0]).Agreement.ShouldNotBeNull();
    }

    internal static (Operation Operation, string Text) Draft(string file, string name)
    {
        Operation operation = AgreementContractFiles.Operations.First(o => o.File == file && o.Operation.ToString() == name).Operation;
        string text = new AgreementDraft(PersonalData.Default).Write(
            AgreementContractFiles.Own,
            AgreementContractFiles.Provider,
            AgreementRole.Consumer,
            [(AgreementContractFiles.Service(operation), operation)],
            file,
            Today);
        return (operation, text);
    }

    /// <summary>The draft with every comment sign taken away.</summary>
    internal static string Open(string text) => Comment().Replace(text, "        - ");

    private static AgreementReading Read(string text, Operation operation) => AgreementTexts.Read(text, AgreementContractFiles.Fields(operation));

    [GeneratedRegex("^        # - ", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
