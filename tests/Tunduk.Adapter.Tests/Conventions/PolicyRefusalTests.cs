using System.Text.RegularExpressions;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Tests.Conventions;

/// <summary>A refusal of the agreement or of a list carries a code of the closed list too.</summary>
public sealed partial class PolicyRefusalTests
{
    [Fact]
    public void PolicyRefusal_EveryCodeInTheSource_IsOfTheClosedList()
    {
        var codes = Repository.Sources("src/Tunduk.Adapter")
            .SelectMany(file => Code().Matches(Repository.Read(file)).Select(match => match.Groups["code"].Value))
            .Distinct(StringComparer.Ordinal).ToList();

        codes.Count.ShouldBeGreaterThan(15);
        codes.Where(code => !ExchangeCodes.Knows(code)).ShouldBeEmpty();
    }

    [GeneratedRegex("""(PolicyRefusal|Refuse)\(\s*(entry, )?"(?<code>[a-z_]+)"|new\("(?<code>json_malformed|encoding_ambiguous)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Code();
}
