using System.Text;
using Tunduk.Evidence.Soap;

namespace Tunduk.Evidence.Tests.Soap.Attacks;

public sealed class AttackTests
{
    public static TheoryData<string> Names => [.. AttackCorpus.All.Select(attack => attack.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Verify_Attack_RefusedByItsCode(string name)
    {
        Attack attack = AttackCorpus.All.Single(candidate => candidate.Name == name);
        string good = SoapMessages.Text(SoapMessages.Sign(SoapMessages.Envelope(SoapMessages.Person), SoapMessages.Consumer));
        string bad = attack.Make(good);
        SoapVerification result =
            SoapMessages.Verify(Encoding.UTF8.GetBytes(bad), attack.Receiver(SoapMessages.Check(SoapMessages.Consumer)));
        (result.Status, result.Code).ShouldBe((SoapVerificationStatus.Failed, attack.Expected));
        result.Body.IsEmpty.ShouldBeTrue();
        result.Signer.ShouldBeNull();
        result.CodeName.ShouldStartWith("soap_");
        string shown = result.Explanation.ToString();
        shown.ShouldNotContain("2010119900");
        shown.ShouldNotContain("19999999999999");
    }

    [Fact]
    public void Corpus_Names_AreUniqueAndAtLeastSixty()
    {
        string[] names = [.. AttackCorpus.All.Select(attack => attack.Name)];
        names.ShouldBeUnique();
        names.Length.ShouldBeGreaterThanOrEqualTo(60);
    }

    [Fact]
    public void Resigned_UnchangedMessage_StaysValid()
    {
        string good = SoapMessages.Text(SoapMessages.Sign(SoapMessages.Envelope(SoapMessages.Person), SoapMessages.Consumer));
        SoapMessages.Verify(Encoding.UTF8.GetBytes(good.Resigned(SoapMessages.Consumer)), SoapMessages.Check(SoapMessages.Consumer))
            .Status.ShouldBe(SoapVerificationStatus.Valid);
    }
}
