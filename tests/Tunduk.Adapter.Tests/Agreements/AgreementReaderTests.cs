using System.Text;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Tests.Agreements;

public class AgreementReaderTests
{
    [Fact]
    public void Read_FullDocument_GivesEveryValue()
    {
        Agreement a = AgreementTexts.Agreement(AgreementTexts.Full);
        a.Version.ShouldBe(3);
        a.Valid.ShouldBe(new AgreementPeriod(new DateOnly(2026, 3, 1), new DateOnly(2027, 3, 1)));
        a.Basis.ShouldBe(new AgreementBasis(AgreementBasisKind.Sla, "SLA No. 14", new DateOnly(2026, 3, 1), null));
        a.Purposes.ShouldBe(["loan-scoring"]);
        a.RepresentedParties.ShouldBeEmpty();
        a.Signature.ShouldBe(new AgreementSignature(OutboundSignature.Embedded, InboundSignature.Required, UniqueId: false));
        a.Certificates[0].Sha256.ToString().ShouldStartWith("00112233");
        a.Archive.Retain.ShouldBe(new RetentionTerm(3, 0, 0));
        a.Services[0].Persons.ShouldBe([new PersonPath("request", FieldPath.Parse("pin"), "pin")]);
        a.Services[0].Attachments.ShouldBeEmpty();
        a.Services[0].Response.Allow.Count.ShouldBe(5);
        a.Contacts[0].Email.ShouldBe("a@example.kg");
    }

    [Theory]
    [InlineData("x: &a [*a]", "yaml_anchor")]
    [InlineData("x: &a 1\ny: *a", "yaml_anchor")]
    [InlineData("x: *a", "yaml_alias")]
    [InlineData("x: !!python/object:os.system y", "yaml_tag")]
    [InlineData("x: !x y", "yaml_tag")]
    [InlineData("x: 1\n---\ny: 2", "several_documents")]
    [InlineData("x: 1\nx: 2", "duplicate_key")]
    [InlineData("x: 1\n\"x\": 2", "duplicate_key")]
    [InlineData("? [a]\n: b", "yaml_key")]
    [InlineData("x: [", "yaml_syntax")]
    [InlineData("x: \"", "yaml_syntax")]
    [InlineData("%YAML 9.9\n---\nx: 1", "yaml_syntax")]
    [InlineData("", "document_empty")]
    [InlineData("- a", "wrong_kind")]
    [InlineData("just text", "wrong_kind")]
    [InlineData("<<: { role: provider }", "unknown_key")]
    public void Read_YamlThatHidesSomething_Refuses(string text, string code)
    {
        AgreementReading reading = AgreementTexts.Read(text);
        reading.Agreement.ShouldBeNull();
        reading.Faults.ShouldContain(f => f.Code == code, string.Join('\n', reading.Faults));
        reading.Faults.ShouldAllBe(static f => f.Remedy.Length > 0);
    }

    [Fact]
    public void Read_Bombs_AreRefusedAtOnce()
    {
        string laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(0, 9).Select(static i => $"b{i}: &b{i} [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"));
        AgreementTexts.Read(laughs).Faults[0].Code.ShouldBe("yaml_anchor");
        AgreementTexts.Read("x: " + new string('[', 5000)).Faults[0].Code.ShouldBe("document_too_deep");
        AgreementTexts.Read("x: [" + string.Join(',', Enumerable.Repeat("1", 100_000)) + "]").Faults[0].Code.ShouldBe("document_too_deep");
        AgreementTexts.Read("x: " + new string('y', 2_000_000)).Faults[0].Code.ShouldBe("document_too_large");
        new AgreementReader().Read("a.yaml", [0xFF, 0xFE]).Faults[0].Code.ShouldBe("document_not_utf8");
    }

    [Fact]
    public void Read_ManyFaults_ToldAtOnceWithPlaceAndRemedy()
    {
        AgreementReading reading = AgreementTexts.Read(AgreementTexts.Full
            .Replace("role: provider", "role: boss")
            .Replace("purposes:", "purpose:")
            .Replace("until: 2027-03-01 }", "until: 2025-03-01 }")
            .Replace("retain: P3Y", "retain: 3 years")
            .Replace("[pin]", "[pin//x]"));
        reading.Agreement.ShouldBeNull();
        reading.Faults.Where(static f => !f.IsWarning).Select(static f => f.Code).Order().ShouldBe(["contradiction", "unknown_key", "wrong_path", "wrong_term", "wrong_word"]);
        AgreementFault unknown = reading.Faults.Single(static f => f.Code == "unknown_key");
        (unknown.File, unknown.Line, unknown.Column).ShouldBe(("a.yaml", 8, 1));
        unknown.Remedy.ShouldContain("'purposes'");
    }

    [Theory]
    [InlineData("getPerson/v1", "testPerson/v1", "test_like_name")]
    [InlineData("getPerson/v1", "getPersonTest", "test_like_name")]
    [InlineData("getPerson/v1", "a/b/c", "wrong_identifier")]
    [InlineData("sandbox/COM/60009001/loans", "COM", "wrong_identifier")]
    [InlineData("sandbox/COM/60009001/loans", "sandbox/GOV/70009001/registry", "same_party")]
    [InlineData("response: { allow: [surname", "response: { remove: [surname], allow: [surname", "contradiction")]
    [InlineData("response: { allow: [surname", "response: { blank: [address], allow: [address/street, surname", "contradiction")]
    [InlineData("allow: [pin]", "allow: [pin, pin]", "duplicate_path")]
    [InlineData("allow: [pin]", "allow: [\"a/**/b\"]", "wrong_path")]
    [InlineData("allow: [pin]", "allow: [\"pi*\"]", "wrong_path")]
    [InlineData("allow: [pin]", "allow: [\"pin\\u200b\"]", "wrong_path")]
    [InlineData("attachments: none", "attachments: [ { name: \"*\" } ]", "missing_key")]
    [InlineData("attachments: none", "headers: { request: [Authorization] }", "header_never_crosses")]
    [InlineData("path: request/pin", "path: pin", "wrong_path")]
    [InlineData("persons: [", "persons: [ { path: request/pin, kind: pin }, ", "duplicate_path")]
    [InlineData("attachments: none", "attachments: [ { name: a, types: [image/png] }, { name: a, types: [image/png, image/gif] } ]", "duplicate_attachment")]
    [InlineData("attachments: none", "endpoints: [ \"GET persons\" ]", "wrong_endpoint")]
    [InlineData("attachments: none", "endpoints: [ \"GET /a/../b\" ]", "wrong_endpoint")]
    [InlineData("attachments: none", "endpoints: [ \"GET /a/{x}/{x}\" ]", "wrong_endpoint")]
    [InlineData("attachments: none", "endpoints: [ \"GET /a\", \"GET /a\" ]", "duplicate_endpoint")]
    [InlineData("allow: [pin]", "allow: [pin, header/cookie]", "header_never_crosses")]
    [InlineData("services:", "limits: { perDay: 5 }\nsuspended: { from: 2026-05-02, until: 2026-05-01, reason: r, by: b }\nservices:", "contradiction")]
    [InlineData("services:\n", "limits: { perDay: 5 }\nservices:\n  - service: other/v1\n    limits: { perDay: 6 }\n", "contradiction")]
    [InlineData("sha256: \"0011", "sha256: \"zz11", "wrong_digest")]
    [InlineData("purposes: [loan-scoring]", "purposes: [test]", "wrong_purpose")]
    [InlineData("version: 3", "version: 0", "wrong_number")]
    [InlineData("from: 2026-03-01, until: 2027-03-01 }\npurposes", "from: 2026-02-30, until: 2027-03-01 }\npurposes", "wrong_date")]
    [InlineData("environment: production", "enviroment: production", "unknown_key")]
    public void Read_Contradiction_IsAFault(string from, string to, string code)
    {
        AgreementTexts.Full.ShouldContain(from);
        AgreementReading reading = AgreementTexts.Read(AgreementTexts.Full.Replace(from, to));
        reading.Agreement.ShouldBeNull();
        reading.Faults.ShouldContain(f => f.Code == code && !f.IsWarning, string.Join('\n', reading.Faults));
    }

    [Theory]
    [InlineData("testBankPinService", true)]
    [InlineData("carCheckPaidTest", true)]
    [InlineData("FindRooByInnAndNumberTest", true)]
    [InlineData("TESTService", true)]
    [InlineData("my_test_x", true)]
    [InlineData("latestDocument", false)]
    [InlineData("attestation", false)]
    [InlineData("contestResults", false)]
    [InlineData("getPerson", false)]
    public void TestName_Code_IsRecognisedAtWordBorders(string code, bool test) => TestName.Matches(code).ShouldBe(test);

    [Theory]
    [InlineData("P3Y", "P3Y")]
    [InlineData("P1Y6M10D", "P1Y6M10D")]
    [InlineData("P2W", "P14D")]
    [InlineData("P", null)]
    [InlineData("P0D", null)]
    [InlineData("PT5H", null)]
    [InlineData("P6M1Y", null)]
    [InlineData("P-1Y", null)]
    [InlineData("3Y", null)]
    [InlineData("P99999999999Y", null)]
    public void RetentionTerm_Text_IsReadOrRefused(string text, string? expected)
    {
        RetentionTerm.TryParse(text, out RetentionTerm term).ShouldBe(expected is not null);
        if (expected is not null)
        {
            term.ToString().ShouldBe(expected);
        }
    }

    /// <summary>Whatever stands in a file, reading it ends, with an agreement or with faults.</summary>
    [Fact]
    public void Read_AnyChangeOfADocument_EndsWithAnAgreementOrAFault()
    {
        Random random = new(20261122);
        byte[] good = Encoding.UTF8.GetBytes(AgreementTexts.Full);
        string[] pieces = ["[", "]", "{", "}", "*a", "&a ", "!!x ", "<<: ", "---\n", "...\n", "? ", ": ", "- ", "|\n", ">\n", "\"", "'", "\t", "\0", "%YAML 9.9\n", "\uFEFF", "\u2028", "\r", new string('[', 300), new string('{', 300), "\\x", "#"];
        for (int i = 0; i < 3_000; i++)
        {
            List<byte> text = [.. good];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                int at = random.Next(text.Count);
                switch (random.Next(4))
                {
                    case 0:
                        text.RemoveRange(at, Math.Min(random.Next(1, 40), text.Count - at));
                        break;
                    case 1:
                        text[at] = (byte)random.Next(256);
                        break;
                    case 2:
                        text.RemoveRange(at, text.Count - at);
                        text.Add((byte)'\n');
                        break;
                    default:
                        text.InsertRange(at, Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)]));
                        break;
                }
            }

            AgreementReading reading = new AgreementReader().Read("a.yaml", [.. text]);
            (reading.Agreement is not null || reading.Faults.Any(static fault => !fault.IsWarning)).ShouldBeTrue(Encoding.UTF8.GetString([.. text]));
        }
    }
}
