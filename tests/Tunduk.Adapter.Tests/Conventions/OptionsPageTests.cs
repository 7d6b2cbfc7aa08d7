namespace Tunduk.Adapter.Tests.Conventions;

/// <summary>Rule 8, as its reader sees it: every setting stands in the page, with what the source says of it.</summary>
public sealed class OptionsPageTests
{
    private const string Page = "src/Tunduk.Adapter/Configuration/OPTIONS.md";

    [Fact]
    public void Page_AgainstTheSource_IsWhatTheOptionsSay()
    {
        var text = OptionsPage.Text();
        if (Environment.GetEnvironmentVariable("TUNDUK_WRITE_PAGES") == "1")
        {
            File.WriteAllText(Path.Combine(Repository.Root, Page), text);
        }

        Repository.Read(Page).ShouldBe(text, $"Write {Page} anew: TUNDUK_WRITE_PAGES=1 dotnet test tests/Tunduk.Adapter.Tests --filter OptionsPage");
    }
}
