using System.Xml.Linq;

namespace Tunduk.Adapter.Tests.Conventions;

/// <summary>Which project may know which: the graph of ARCHITECTURE "Repository", by project file and by what the compiler used.</summary>
public sealed class BorderTests
{
    private static readonly Dictionary<string, string[]> Permitted = new(StringComparer.Ordinal)
    {
        ["Tunduk.Xml"] = [],
        ["Tunduk.XRoad"] = ["Tunduk.Xml"],
        ["Tunduk.Evidence"] = ["Tunduk.Xml"],
        ["Tunduk.Archive"] = ["Tunduk.Evidence", "Tunduk.Xml"],
        ["Tunduk.GrpcHosting"] = [],
        ["Tunduk.Verifier"] = ["Tunduk.Evidence", "Tunduk.Xml"],
        ["Tunduk.Adapter"] = ["Tunduk.Xml", "Tunduk.XRoad", "Tunduk.Evidence", "Tunduk.Archive", "Tunduk.GrpcHosting"],
    };

    public static TheoryData<string> Projects => [.. Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(folder => Path.GetFileName(folder)).Where(name => File.Exists(Path.Combine(Repository.Root, "src", name, name + ".csproj")))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_References_ArePermitted(string project)
    {
        Permitted.ContainsKey(project).ShouldBeTrue("a new project needs a row here and in ARCHITECTURE");
        var file = XDocument.Load(Path.Combine(Repository.Root, "src", project, project + ".csproj"));
        var references = file.Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!));

        references.Except(Permitted[project]).ShouldBeEmpty();
    }

    [Fact]
    public void Assembly_UsedReferences_ArePermitted()
    {
        foreach (var assembly in Repository.Libraries)
        {
            var used = assembly.GetReferencedAssemblies().Select(name => name.Name!).Where(name => name.StartsWith("Tunduk", StringComparison.Ordinal));
            used.Except(Permitted[assembly.GetName().Name!]).ShouldBeEmpty(assembly.GetName().Name);
        }
    }

    [Theory]
    [InlineData("Tunduk.Xml", "Microsoft.AspNetCore")]
    [InlineData("Tunduk.XRoad", "Microsoft.AspNetCore")]
    [InlineData("Tunduk.XRoad", "System.Net.Http")]
    [InlineData("Tunduk.Evidence", "Microsoft.AspNetCore")]
    [InlineData("Tunduk.Evidence", "System.Net.Http")]
    [InlineData("Tunduk.Evidence", "Microsoft.Data.Sqlite")]
    [InlineData("Tunduk.Evidence", "System.Security.Cryptography.Xml")]
    [InlineData("Tunduk.Evidence", "Microsoft.Extensions")]
    [InlineData("Tunduk.Archive", "Microsoft.AspNetCore")]
    public void Library_Uses_NothingItMustNotKnow(string library, string forbidden) =>
        Repository.Libraries.Single(assembly => assembly.GetName().Name == library)
            .GetReferencedAssemblies().Select(name => name.Name!).ShouldNotContain(name => name.StartsWith(forbidden, StringComparison.Ordinal));
}
