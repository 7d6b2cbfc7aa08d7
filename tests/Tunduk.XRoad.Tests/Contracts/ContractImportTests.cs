using Tunduk.XRoad.Contracts;

namespace Tunduk.XRoad.Tests.Contracts;

public class ContractImportTests
{
    [Fact]
    public void Import_OwnContract_IsWhole()
    {
        var import = Contract.Import(ContractFiles.Own);

        import.Findings.ShouldBeEmpty();
        import.IsWhole.ShouldBeTrue();
        var operation = import.Contract!.Find("getPerson", "v1").ShouldNotBeNull();
        operation.Request.Element.Name.Local.ShouldBe("getPerson");
        operation.Response.Element.Name.Local.ShouldBe("getPersonResponse");
        operation.BoundHeaders.ShouldBe(["client", "service", "userId", "id", "issue", "protocolVersion"]);
        operation.Title.ShouldBe("Сведения о лице по ПИН");
        import.Contract.CatalogueName!.MemberCode.ShouldBe("70009001");
    }

    [Fact]
    public void Import_EveryContractAtHand_IsWhole()
    {
        foreach (var path in ContractFiles.All)
        {
            var import = Contract.Import(path);
            import.Findings.Where(f => f.Severity != FindingSeverity.Note).ShouldBeEmpty(path);
            import.Contract!.Operations.ShouldNotBeEmpty();
        }
    }

    [Fact]
    public void Fields_OwnContract_ResolvesAndSuggests()
    {
        var fields = ContractFiles.Import(ContractFiles.Own).Operations[0].Fields(MessageSide.Response);

        fields.TryResolve("response/document/number", out var found).ShouldBeTrue();
        found[0].Required.ShouldBeTrue();
        fields.Resolve("response/address/**").Count.ShouldBe(7);
        fields.Resolve("response/document")[0].Repeated.ShouldBeTrue();
        fields.Resolve("response/patronymic")[0].Nillable.ShouldBeTrue();
        fields.TryResolve("response/surnme", out _).ShouldBeFalse();
        fields.Nearest("response/surnme")[0].ShouldBe("response/surname");
        fields.Enumerate().Count().ShouldBe(27);
    }
}
