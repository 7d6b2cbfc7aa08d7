using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.Tests.Configuration;

/// <summary>Faults of form, of name and of rule are reported together.</summary>
public sealed class EveryFaultAtOnceTests
{
    [Fact]
    public void Load_UnknownNamesAndBrokenRules_NamesAllOfThem()
    {
        var folder = Directory.CreateTempSubdirectory("tunduk-config-");
        try
        {
            var file = Path.Combine(folder.FullName, "adapter.json");
            File.WriteAllText(file, """{ "Instance": "x", "Bogus": 1, "Listen": { "Is": { "Adress": "x" } }, "Limits": { "MaxBody": "-1" } }""");

            var named = AdapterConfiguration.Load(file, out var configuration).Select(fault => fault.Setting).ToList();

            configuration.ShouldBeNull();
            foreach (var setting in new[] { "Bogus", "Listen:Is:Adress", "Own", "Archive:Folder", "Archive:MasterKey", "Limits:MaxBody" })
            {
                named.ShouldContain(setting);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
