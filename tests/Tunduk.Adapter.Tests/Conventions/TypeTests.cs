using System.Reflection;
using System.Xml.Linq;
using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.Tests.Conventions;

/// <summary>What the compiler does not hold (CONVENTIONS rules 3, 5, 8, 13, 16).</summary>
public sealed class TypeTests
{
    [Fact]
    public void PublicType_OfALibrary_HasADocComment()
    {
        foreach (var assembly in Repository.Libraries)
        {
            var documented = Documented(assembly);
            var silent = assembly.GetExportedTypes().Where(type => !type.IsNested).Select(type => "T:" + type.FullName).Except(documented);
            silent.ShouldBeEmpty(assembly.GetName().Name);
        }
    }

    [Fact]
    public void Option_EverySetting_HasADocComment()
    {
        var documented = Documented(typeof(AdapterOptions).Assembly);
        var options = typeof(AdapterOptions).Assembly.GetTypes().Where(type => type.Namespace == typeof(AdapterOptions).Namespace && type.Name.EndsWith("Options", StringComparison.Ordinal)).ToList();

        options.Count.ShouldBeGreaterThan(10);
        options.SelectMany(type => type.GetProperties()).Select(property => $"P:{property.DeclaringType!.FullName}.{property.Name}").Except(documented).ShouldBeEmpty();
        options.ShouldAllBe(type => type.IsSealed);
    }

    [Fact]
    public void InternalClass_ThatNobodyDerivesFrom_IsSealed()
    {
        foreach (var assembly in Repository.Assemblies)
        {
            var types = Repository.TypesOf(assembly).ToList();
            var bases = types.Select(type => type.BaseType).OfType<Type>().Select(type => type.IsGenericType ? type.GetGenericTypeDefinition() : type).ToHashSet();
            types.Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false } && !type.IsVisible && !bases.Contains(type))
                .Select(type => type.FullName).ShouldBeEmpty(assembly.GetName().Name);
        }
    }

    [Fact]
    public void CancellationToken_WhereTaken_IsTheLastParameter()
    {
        foreach (var method in Methods())
        {
            var parameters = method.GetParameters();
            var at = Array.FindIndex(parameters, parameter => parameter.ParameterType == typeof(CancellationToken));
            (at < 0 || parameters.Skip(at + 1).All(parameter => parameter.IsOut)).ShouldBeTrue($"{method.DeclaringType!.FullName}.{method.Name}");
        }
    }

    [Fact]
    public void AsyncMethod_Name_SaysSo() =>
        Methods()
            .Where(method => !method.IsPrivate && Awaited(method.ReturnType) && !method.Name.EndsWith("Async", StringComparison.Ordinal) && !method.Name.Contains('.', StringComparison.Ordinal) && !method.IsSpecialName && !Inherited(method))
            .Select(method => $"{method.DeclaringType!.FullName}.{method.Name}").ShouldBeEmpty();

    [Fact]
    public void LogMessage_EventId_IsItsOwn() =>
        Methods().Select(method => method.GetCustomAttribute<Microsoft.Extensions.Logging.LoggerMessageAttribute>()).OfType<Microsoft.Extensions.Logging.LoggerMessageAttribute>()
            .GroupBy(attribute => attribute.EventId).Where(group => group.Skip(1).Any()).Select(group => group.Key).ShouldBeEmpty();

    [Fact]
    public void Test_Name_SaysMethodStateOutcome() =>
        typeof(TypeTests).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .Where(method => method.GetCustomAttributes().Any(attribute => attribute is FactAttribute) && method.Name.Count(c => c == '_') < 2)
            .Select(method => $"{method.DeclaringType!.Name}.{method.Name}").ShouldBeEmpty();

    [Fact]
    public void Test_EveryOne_Runs() =>
        typeof(TypeTests).Assembly.GetTypes().SelectMany(type => type.GetMethods()).SelectMany(method => method.GetCustomAttributes<FactAttribute>())
            .ShouldAllBe(fact => fact.Skip == null);

    private static IEnumerable<MethodInfo> Methods() => Repository.Assemblies.SelectMany(Repository.TypesOf)
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(method => !method.Name.Contains('<', StringComparison.Ordinal));

    private static bool Awaited(Type type) =>
        type == typeof(Task) || type == typeof(ValueTask) || (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>)));

    // A name the framework gives.
    private static bool Inherited(MethodInfo method) =>
        method.GetBaseDefinition() != method
        || method.DeclaringType!.GetInterfaces().Where(type => type.Namespace?.StartsWith("Tunduk", StringComparison.Ordinal) != true).Any(type => method.DeclaringType.GetInterfaceMap(type).TargetMethods.Contains(method));

    private static HashSet<string> Documented(Assembly assembly) => XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"))
        .Descendants("member").Where(member => !string.IsNullOrWhiteSpace(member.Element("summary")?.Value) || member.Element("inheritdoc") is not null)
        .Select(member => (string)member.Attribute("name")!).ToHashSet(StringComparer.Ordinal);
}
