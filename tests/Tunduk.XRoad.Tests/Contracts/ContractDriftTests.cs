using System.Text;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Outcomes;

namespace Tunduk.XRoad.Tests.Contracts;

public class ContractDriftTests
{
    private static Contract Make(string elements) => ContractFiles.Schema($"<xs:sequence>{elements}</xs:sequence>").Contract!;

    [Theory]
    [InlineData("<xs:element name='a' type='xs:int'/>", "<xs:element name='a' type='xs:int'/>", null, "")]
    [InlineData("<xs:element name='a' type='xs:int'/>", "", ContractEffect.Breaking, "vanished")]
    [InlineData("", "<xs:element name='a' type='xs:int'/>", ContractEffect.Breaking, "new required")]
    [InlineData("", "<xs:element name='a' type='xs:int' minOccurs='0'/>", ContractEffect.Unlisted, "new optional")]
    [InlineData("<xs:element name='a' type='xs:int'/>", "<xs:element name='a' type='xs:long'/>", ContractEffect.Breaking, "xs:long")]
    [InlineData("<xs:element name='a' type='xs:int'/>", "<xs:element name='a' type='xs:int' maxOccurs='2'/>", ContractEffect.Breaking, "array")]
    [InlineData("<xs:element name='a' type='xs:int'/>", "<xs:element name='a' type='xs:int' minOccurs='0'/>", ContractEffect.None, "optional now")]
    [InlineData("<xs:element name='a' type='xs:int' nillable='true'/>", "<xs:element name='a' type='xs:int'/>", ContractEffect.Breaking, "nil")]
    [InlineData("<xs:element name='a' type='xs:string' fixed='ky'/>", "<xs:element name='a' type='xs:string' fixed='ru'/>", ContractEffect.Breaking, "'ky' and is 'ru'")]
    [InlineData("<xs:element name='a' type='xs:string' default='ky'/>", "<xs:element name='a' type='xs:string'/>", ContractEffect.Unlisted, "'ky' and is none")]
    [InlineData("<xs:element name='a' type='xs:string'/>", "<xs:element name='a' type='xs:string' form='unqualified'/>", ContractEffect.Breaking, "'urn:t' and is none")]
    public void Compare_FieldChanged_TellsEffect(string before, string after, ContractEffect? effect, string what)
    {
        var changes = ContractDrift.Compare(Make(before), Make(after));
        if (effect is null)
        {
            changes.ShouldBeEmpty();
            return;
        }

        var change = changes.ShouldHaveSingleItem();
        change.Effect.ShouldBe(effect.Value);
        change.What.ShouldContain(what);
        change.Path.ShouldBe("a");
    }

    [Theory]
    [InlineData("<xs:sequence><xs:element name='a'/><xs:element name='b'/></xs:sequence>", "<xs:sequence><xs:element name='b'/><xs:element name='a'/></xs:sequence>", "was (a, b), is (b, a)")]
    [InlineData("<xs:all><xs:element name='a'/><xs:element name='b'/></xs:all>", "<xs:sequence><xs:element name='a'/><xs:element name='b'/></xs:sequence>", "was (a & b), is (a, b)")]
    [InlineData("<xs:sequence><xs:element name='a' maxOccurs='5'/></xs:sequence>", "<xs:sequence><xs:element name='a' maxOccurs='4'/></xs:sequence>", "a[..5], is a[..4]")]
    [InlineData("<xs:sequence><xs:element name='a'/><xs:element name='b'/></xs:sequence>", "<xs:sequence><xs:choice><xs:element name='a'/><xs:element name='b'/></xs:choice></xs:sequence>", "(a | b)")]
    public void Compare_OrderOrNumberChanged_IsBreaking(string before, string after, string what)
    {
        var changes = ContractDrift.Compare(ContractFiles.Schema(before).Contract!, ContractFiles.Schema(after).Contract!);
        changes.ShouldContain(c => c.Effect == ContractEffect.Breaking && c.What.Contains(what, StringComparison.Ordinal), string.Join('\n', changes));
    }

    [Theory]
    [InlineData("<xs:all><xs:element name='a'/><xs:element name='b'/></xs:all>", "<xs:all><xs:element name='b'/><xs:element name='a'/></xs:all>")]
    [InlineData("<xs:sequence><xs:element name='a'/><xs:element name='b'/></xs:sequence>", "<xs:sequence><xs:sequence><xs:element name='a'/></xs:sequence><xs:element name='b'/></xs:sequence>")]
    public void Compare_SameInOtherWords_IsNoDifference(string before, string after) =>
        ContractDrift.Compare(ContractFiles.Schema(before).Contract!, ContractFiles.Schema(after).Contract!).ShouldBeEmpty();

    [Fact]
    public void Compare_FormOfAllElementsChanged_TellsEach()
    {
        var changes = ContractDrift.Compare(ContractFiles.Schema("<xs:sequence><xs:element name='a'/></xs:sequence>").Contract!, ContractFiles.Schema("<xs:sequence><xs:element name='a'/></xs:sequence>", form: "unqualified").Contract!);
        changes.ShouldHaveSingleItem().Effect.ShouldBe(ContractEffect.Breaking);
    }

    [Fact]
    public void Compare_OperationGone_IsBreaking()
    {
        var own = ContractFiles.Import(ContractFiles.Own);
        ContractDrift.Compare(own, Make("")).ShouldContain(c => c.Effect == ContractEffect.Breaking && c.Operation == "getPerson/v1");
        ContractDrift.Compare(own, own).ShouldBeEmpty();
    }

    private const string Rules = """
        { "rules": [
          { "operation": "op", "path": "status", "equals": ["203"], "outcome": "not-found" },
          { "operation": "*", "path": "fault/code", "present": true, "outcome": "provider-error" },
          { "operation": "op", "path": "found", "equals": [false], "outcome": "not-found" },
          { "operation": "op", "path": "pin", "moreThan": 1, "outcome": "many" },
          { "operation": "op", "path": "must", "absent": true, "outcome": "bad-request" },
          { "operation": "rest", "status": [204, 404], "outcome": "not-found" } ] }
        """;

    [Theory]
    [InlineData("""{"status":203}""", "op", BusinessOutcome.NotFound)]
    [InlineData("""{"status":"203"}""", "op", BusinessOutcome.NotFound)]
    [InlineData("""{"status":"203"}""", "other", BusinessOutcome.Ok)]
    [InlineData("""{"x":{"status":"203"},"status":"200","must":""}""", "op", BusinessOutcome.Ok)]
    [InlineData("""{"status":{"$":"203","@lang":"ky"}}""", "op", BusinessOutcome.NotFound)]
    [InlineData("""{"status":{"@lang":"203","$":"200"},"must":1}""", "op", BusinessOutcome.Ok)]
    [InlineData("""{"$content":[{"status":"203"}]}""", "op", BusinessOutcome.NotFound)]
    [InlineData("""{"found":false}""", "op", BusinessOutcome.NotFound)]
    [InlineData("""{"found":true,"must":{}}""", "op", BusinessOutcome.Ok)]
    [InlineData("""{"pin":["1","2"]}""", "op", BusinessOutcome.Many)]
    [InlineData("""{"pin":["1"],"must":[null,{"$nil":true,"@a":""},1]}""", "op", BusinessOutcome.Ok)]
    [InlineData("""{"pin":["1"],"must":[null,{"$nil":true,"@a":""}]}""", "op", BusinessOutcome.BadRequest)]
    [InlineData("", "op", BusinessOutcome.BadRequest)]
    [InlineData("", "rest", BusinessOutcome.Ok)]
    [InlineData("""{"fault":[{"code":null},{"code":"x"}]}""", "op", BusinessOutcome.ProviderError)]
    [InlineData("""{"fault":{"code":null},"must":0}""", "op", BusinessOutcome.Ok)]
    [InlineData("""{"fault":""", "op", BusinessOutcome.ProviderError)]
    public void Decide_Answer_GivesOutcome(string json, string operation, BusinessOutcome outcome)
    {
        OutcomeRules.TryParse(Encoding.UTF8.GetBytes(Rules), null, out var rules, out _).ShouldBeTrue();
        rules.Decide(operation, Encoding.UTF8.GetBytes(json)).ShouldBe(outcome);
    }

    [Theory]
    [InlineData(200, BusinessOutcome.Ok)]
    [InlineData(204, BusinessOutcome.NotFound)]
    public void Decide_StatusOfARestAnswer_GivesOutcome(int status, BusinessOutcome outcome)
    {
        OutcomeRules.TryParse(Encoding.UTF8.GetBytes(Rules), null, out var rules, out _).ShouldBeTrue();
        rules.Decide("rest", default, status).ShouldBe(outcome);
        rules.For("rest").Rules.Count.ShouldBe(2);
        rules.For("other").Rules.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("""{ "rules": [ { "operation": "nope", "path": "response/name", "present": true, "outcome": "ok" } ] }""", "no operation 'nope'")]
    [InlineData("""{ "rules": [ { "operation": "getPerson", "path": "response/nam", "present": true, "outcome": "ok" } ] }""", "response/name")]
    [InlineData("""{ "rules": [ { "operation": "getPerson", "path": "response/name", "outcome": "ok" } ] }""", "exactly one of equals")]
    [InlineData("""{ "rules": [ { "operation": "getPerson", "path": "response/name", "present": true, "absent": true, "outcome": "ok" } ] }""", "exactly one of equals")]
    [InlineData("""{ "rules": [ { "operation": "getPerson", "path": "response/name", "present": false, "outcome": "ok" } ] }""", "exactly one of equals")]
    [InlineData("""{ "rules": [ { "operation": "getPerson", "path": "response/name", "equals": [ [1] ], "outcome": "ok" } ] }""", "exactly one of equals")]
    [InlineData("""{ "rules": [ { "operation": "getPerson", "present": true, "outcome": "ok" } ] }""", "needs 'path'")]
    [InlineData("""{ "rules": [ { "operation": "getPerson", "status": [204], "outcome": "ok" } ] }""", "no HTTP status of their own")]
    [InlineData("""{ "rules": [ { "operation": "getPerson", "path": "response/name", "is": 1, "present": true, "outcome": "ok" } ] }""", "'is' is no member")]
    [InlineData("""{ "rules": [ { "operation": "*", "path": "response/name", "path": "response/name", "present": true, "outcome": "ok" } ] }""", "twice")]
    [InlineData("""{ "rules": [ { "operation": "*", "path": "response/name", "p\u0061th": "response/name", "present": true, "outcome": "ok" } ] }""", "twice")]
    [InlineData("""{ "rules": [ 7 ] }""", "a rule is an object")]
    [InlineData("""{ "rule": [], "rules": [] }""", "'rule' is no member")]
    [InlineData("""{ "rules": [ { "operation": "getPerson", "path": "response/name", "present": true, "outcome": "fine" } ] }""", "not-found")]
    [InlineData("""[]""", "'rules'")]
    [InlineData("""{""", "not JSON")]
    public void TryParse_BadRules_TellsFault(string json, string fault)
    {
        OutcomeRules.TryParse(Encoding.UTF8.GetBytes(json), ContractFiles.Import(ContractFiles.Own), out _, out var faults).ShouldBeFalse();
        faults.ShouldHaveSingleItem().ShouldContain(fault);
    }
}
