using System.Buffers;
using System.Text;
using System.Xml.Linq;
using System.Xml.Schema;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Samples;
using Tunduk.XRoad.Mapping;
using Tunduk.XRoad.Tests.Contracts;

namespace Tunduk.XRoad.Tests.Mapping;

/// <summary>Valid documents changed at random are taken when the framework's schema validator takes them, and refused when it refuses them.</summary>
public class MutatedDocumentTests
{
    private const int PerSchema = 60;
    private static readonly XNamespace T = "urn:t";
    private static readonly XNamespace Xsi = "http://www.w3.org/2001/XMLSchema-instance";
    private static readonly string[] Values = ["", "1", "-1", "x", "true", "1.5", "abc", "2024-01-01", "2024-02-30", "P1Y", "INF", "1 2", "a b", "99999999999999999999", "big", "AQID"];

    [Theory]
    [MemberData(nameof(OddSchemaTests.Odd), MemberType = typeof(OddSchemaTests))]
    public void Take_ChangedDocument_AsTheFrameworkDoes(string what, string content, string globals)
    {
        var wsdl = ContractFiles.Wsdl(content, globals);
        if (IndependentXml.Compile(wsdl) is { } judge)
        {
            Judged(what, wsdl, judge).ShouldBeGreaterThan(PerSchema / 2, what);
        }
    }

    [Fact]
    public void Take_ChangedDocumentsOfInventedSchemas_AsTheFrameworkDoes()
    {
        var judged = 0;
        for (var seed = 0; seed < 40; seed++)
        {
            var wsdl = ContractFiles.Wsdl(new SchemaInventor(seed).Content(), SchemaInventor.GlobalText);
            judged += IndependentXml.Compile(wsdl) is { } judge ? Judged("seed " + seed, wsdl, judge) : 0;
        }

        judged.ShouldBeGreaterThan(500);
    }

    private static int Judged(string what, string wsdl, XmlSchemaSet judge)
    {
        var shape = Contract.ImportText(Encoding.UTF8.GetBytes(wsdl), "odd.wsdl").Contract!.Operations.Single().Request;
        var random = new Random(17);
        var judged = 0;
        for (var i = 0; i < PerSchema; i++)
        {
            var sample = new ArrayBufferWriter<byte>();
            SampleWriter.Write(shape, (ulong)(i % 8), sample).ShouldBeTrue(what);
            var document = XElement.Parse(MappingHarness.ToXml(shape, Encoding.UTF8.GetString(sample.WrittenSpan)), LoadOptions.PreserveWhitespace);
            Change(document, random);
            var xml = document.ToString(SaveOptions.DisableFormatting);
            var isValid = IndependentXml.Judge(judge, xml) is null;
            var (result, json) = MappingHarness.ToJsonResult(shape, xml, new MappingLimits { AcceptWrongForm = false });
            result.IsOk.ShouldBe(isValid, $"{what}: {xml}: {IndependentXml.Judge(judge, xml)} / {string.Join("; ", result.Faults)}");
            judged++;
            if (isValid)
            {
                var back = MappingHarness.ToXml(shape, json);
                IndependentXml.Judge(judge, back).ShouldBeNull($"{what}: {xml} → {json} → {back}");
                MappingHarness.ToJson(shape, back).ShouldBe(json, what);
            }
        }

        return judged;
    }

    private static void Change(XElement root, Random random)
    {
        var all = root.DescendantsAndSelf().ToList();
        var one = all[random.Next(all.Count)];
        var other = all[random.Next(all.Count)];
        switch (random.Next(10))
        {
            case 0 when one.Parent is not null:
                one.Remove();
                break;
            case 1 when one.Parent is not null:
                one.AddAfterSelf(new XElement(one));
                break;
            case 2 when one.Parent is { } parent:
                one.Remove();
                parent.AddFirst(one);
                break;
            case 3:
                one.Add(new XElement(other));
                break;
            case 4:
                one.Add(new XElement(random.Next(2) == 0 ? "b" : T + "b", "1"));
                break;
            case 5:
                one.Add(new XText("text"));
                break;
            case 6:
                one.SetAttributeValue(random.Next(2) == 0 ? "k" : T + "a", Values[random.Next(Values.Length)]);
                break;
            case 7 when one.Attributes().FirstOrDefault(a => !a.IsNamespaceDeclaration && a.Name.Namespace != Xsi) is { } attribute:
                attribute.Remove();
                break;
            case 8:
                one.RemoveNodes();
                one.SetAttributeValue(Xsi + "nil", "true");
                break;
            default:
                foreach (var leaf in all.Where(e => !e.HasElements).Take(3))
                {
                    leaf.Value = Values[random.Next(Values.Length)];
                }

                break;
        }
    }
}
