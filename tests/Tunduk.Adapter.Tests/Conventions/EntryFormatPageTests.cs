using System.Globalization;
using System.Text.RegularExpressions;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Grants;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Conventions;

/// <summary>Holds the tables of proto/ENTRY-FORMAT.md to the code: numbers, codes of the archive's own entries, and the archive's own paths.</summary>
public sealed partial class EntryFormatPageTests
{
    private static readonly string Page = Repository.Read("proto/ENTRY-FORMAT.md");

    // As the page's table says it: `code`, `code`.
    [Fact]
    public void Codes_OfEveryOwnKind_AreThoseOfThePage()
    {
        var table = Page[Page.IndexOf("**Codes.**", StringComparison.Ordinal)..Page.IndexOf("**Erasures.**", StringComparison.Ordinal)].Split('\n')
            .Select(line => line.Split('|'))
            .Where(cells => cells.Length > 3 && char.IsDigit(cells[1].Trim().FirstOrDefault()))
            .ToDictionary(cells => (EntryKind)int.Parse(cells[1].Trim().Split(' ')[0], CultureInfo.InvariantCulture), cells => Quoted().Matches(cells[2]).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal).ToArray());

        table.Keys.Order().ShouldBe(EntryCodes.Own.Keys.Order());
        foreach (var (kind, codes) in EntryCodes.Own)
        {
            string.Join(", ", table[kind]).ShouldBe(string.Join(", ", codes.Order(StringComparer.Ordinal)), kind.ToString());
        }
    }

    [Fact]
    public void Codes_NamedByAnEnum_AreAllThere()
    {
        Enum.GetNames<ArchiveAct>().ShouldAllBe(act => EntryCodes.Own[EntryKind.ArchiveAccess].Contains(act.ToLowerInvariant()) && EntryCodes.Own[EntryKind.Approval].Contains(act.ToLowerInvariant()));
        Enum.GetNames<AgreementChangeKind>().ShouldAllBe(change => EntryCodes.Own[EntryKind.ConfigurationChange].Contains(change));
    }

    // A code that is written where the entry is made would escape the table.
    [Fact]
    public void Drafts_InTheSource_NameNoCodeOfTheirOwn()
    {
        foreach (var file in Repository.Sources("src").Where(file => Repository.Read(file).Contains("new EntryDraft", StringComparison.Ordinal)))
        {
            CodeLiteral().Match(Repository.Read(file)).Value.ShouldBeEmpty(file);
        }
    }

    [Theory]
    [InlineData(typeof(EntryKind), "kind: ")]
    [InlineData(typeof(ExchangeRole), "role of the log's owner: ")]
    [InlineData(typeof(SignatureStatus), "signature of the message when the entry was made: ")]
    [InlineData(typeof(EntryFlags), "flags, bit 31 clear: ")]
    [InlineData(typeof(IndexKind), "normalised value (kind: ")]
    [InlineData(typeof(Evidence.Log.ValueType), "Type: ")]
    [InlineData(typeof(ValuePresence), "Presence: ")]
    public void Numbers_OfAnEnum_AreThoseOfThePage(Type type, string after)
    {
        var at = Page.IndexOf(after, StringComparison.Ordinal);
        at.ShouldBeGreaterThan(0, after);
        var line = Page[(at + after.Length)..].Split('\n')[0].Split([" |", ". ", "; 64"], StringSplitOptions.None)[0];
        var named = Numbered().Matches(line).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).Order();

        named.ShouldBe(Enum.GetValues(type).Cast<object>().Select(value => Convert.ToInt32(value, CultureInfo.InvariantCulture))
            .Where(number => !(type == typeof(EntryFlags) && number == 0) && !(type == typeof(IndexKind) && number >= 64)).Order());
    }

    [Fact]
    public void Paths_OfTheArchive_AreThoseOfThePage()
    {
        var written = Repository.Sources("src").Where(file => Archived().IsMatch(Repository.Read(file))).SelectMany(file => PathLiteral().Matches(Repository.Read(file)).Select(match => General(match.Groups[1].Value))).ToHashSet(StringComparer.Ordinal);
        var start = Page.IndexOf("| path | content", StringComparison.Ordinal);
        var documented = Page[start..Page.IndexOf("\n\n", start, StringComparison.Ordinal)].Split('\n').Skip(2)
            .SelectMany(line => Quoted().Matches(line.Split('|')[1]).Select(match => General(match.Groups[1].Value))).ToHashSet(StringComparer.Ordinal);

        written.Except(documented).ShouldBeEmpty("not on the page");
        documented.Except(written).ShouldBeEmpty("on the page, and nobody writes it");
    }

    // `$query/person`, `$part/message`, `$attachment[0]/name`: what follows the slash or the bracket varies.
    private static string General(string path)
    {
        var cut = path.IndexOf('[', StringComparison.Ordinal);
        return cut >= 0 ? path[..cut] : Varying().Match(path) is { Success: true } head ? head.Value : path;
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"(?:^|, |\()(\d+) [a-z]")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"\bCode = ""[^""]*""")]
    private static partial Regex CodeLiteral();

    [GeneratedRegex(@"(?:SealedValue\.\w+\(|\bAdd(?:Text)?\((?:\w+, )?|string \w+ = |var path = |new SealedSlot\([^""]*)\$?""(\$[A-Za-z/]+(?:\[[^""]*)?)""")]
    private static partial Regex PathLiteral();

    [GeneratedRegex("SealedValue|SealedSlot|PeerCheckpoint = |DigestName = ")]
    private static partial Regex Archived();

    [GeneratedRegex(@"^\$(?:query|part|mediaType)/")]
    private static partial Regex Varying();
}
