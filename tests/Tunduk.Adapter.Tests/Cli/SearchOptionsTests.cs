using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Tunduk.Adapter.Cli;
using Tunduk.Adapter.Reading;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Cli;

/// <summary>What is searched for is what was said, or the command says what is wrong: "no entries" must never come of a slip.</summary>
public sealed class SearchOptionsTests
{
    private const string Pin = "21502197994378";

    [Fact]
    public void Complete_PersonInAFile_IsTheFilesLine()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["pin.txt"], Pin + "\n");

        Complete("--person", "pin:@" + folder["pin.txt"])!.Person.ShouldBe(new ArchivePerson("pin", Pin));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("21502197994378\n21502197994379\n")]
    public void Complete_PersonInAFileThatHoldsNone_IsRefused(string? content)
    {
        using var folder = new TemporaryFolder();
        if (content is not null)
        {
            File.WriteAllText(folder["pin.txt"], content);
        }

        Complete("--person", "pin:@" + folder["pin.txt"]).ShouldBeNull();
    }

    [Theory]
    [InlineData("2026-11-23", "2026-11-23T00:00:00Z")]
    [InlineData("2026-11-23T05:38", "2026-11-23T05:38:00Z")]
    [InlineData("2026-11-23T05:38:47.32472+00:00", "2026-11-23T05:38:47.32472Z")]
    [InlineData("2026-11-23T11:38:47+06:00", "2026-11-23T05:38:47Z")]
    [InlineData("2026-11-23 05:38:47Z", "2026-11-23T05:38:47Z")]
    public void Complete_Time_IsUtcWhereNoOffsetIsSaid(string said, string meant)
    {
        var moment = DateTimeOffset.Parse(meant, CultureInfo.InvariantCulture);

        Complete("--from", said)!.From.ShouldBe(moment);
        JsonSerializer.Deserialize<ArchiveSearchRequest>($$"""{"from":"{{said}}"}""", ArchiveReader.Json)!.From.ShouldBe(moment);
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("11/12/2026")]
    [InlineData("2026-13-01")]
    public void Parse_NoTime_IsRefusedWithTheForm(string said)
    {
        Parse(out _, "--until", said).Errors.Single().Message.ShouldStartWith("--until takes a time such as ");
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<ArchiveSearchRequest>($$"""{"until":"{{said}}"}""", ArchiveReader.Json));
    }

    [Fact]
    public void Deserialize_TimeOfGrpc_IsTaken() => JsonSerializer.Deserialize<ArchiveSearchRequest>("""{"from":"2026-11-23T05:38:47.123456789Z"}""", ArchiveReader.Json)!
        .From!.Value.ToUnixTimeMilliseconds().ShouldBe(DateTimeOffset.Parse("2026-11-23T05:38:47.123Z", CultureInfo.InvariantCulture).ToUnixTimeMilliseconds());

    private static ArchiveSearchRequest? Complete(params string[] arguments)
    {
        var parsed = Parse(out var options, arguments);
        parsed.Errors.ShouldBeEmpty();
        return options.Complete(parsed, new ArchiveSearchRequest());
    }

    private static ParseResult Parse(out SearchOptions options, params string[] arguments)
    {
        options = new SearchOptions();
        var command = new Command("search");
        options.AddTo(command);
        return command.Parse(arguments);
    }
}
