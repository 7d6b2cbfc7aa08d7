using System.Text;

namespace Tunduk.Xml.Tests;

public sealed class XmlTapeAgainstFrameworkTests
{
    [Fact]
    public void TryParse_GeneratedDocuments_SameEventsAsFramework()
    {
        for (int seed = 0; seed < 3000; seed++)
        {
            byte[] document = Encoding.UTF8.GetBytes(new GeneratedXml(seed).Document());
            string? expected = FrameworkEvents.OfFramework(document);
            expected.ShouldNotBeNull($"seed {seed} is well-formed");
            FrameworkEvents.OfTape(document).ShouldBe(expected, $"seed {seed}: {Encoding.UTF8.GetString(document)}");
        }
    }

    [Fact]
    public void TryParse_MutatedDocuments_SameVerdictAndEventsAsFramework()
    {
        int refused = 0;
        for (int seed = 0; seed < 6000; seed++)
        {
            byte[] document = new GeneratedXml(seed).Mutated();
            string? expected = FrameworkEvents.OfFramework(document);
            string? actual = FrameworkEvents.OfTape(document);
            refused += actual is null ? 1 : 0;
            if (expected is null && (FrameworkEvents.HasFifthEditionName(document) || FrameworkEvents.SaysUtf8WithoutHyphen(document)))
            {
                continue;
            }

            actual.ShouldBe(expected, $"seed {seed}: {Encoding.UTF8.GetString(document)}");
        }

        refused.ShouldBeInRange(1000, 5900);
    }
}
