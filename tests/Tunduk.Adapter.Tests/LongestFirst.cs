using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Tunduk.Adapter.Tests.LongestFirst", "Tunduk.Adapter.Tests")]

namespace Tunduk.Adapter.Tests;

/// <summary>Begins with the classes that start processes: the longest, and nothing would run beside them at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderByDescending(collection => Weight(collection.DisplayName)).ThenBy(collection => collection.DisplayName, StringComparer.Ordinal);

    private static int Weight(string name) =>
        name.Contains(nameof(Processes.AgreementCommandTests), StringComparison.Ordinal) ? 2
        : name.Contains(".Tests.Processes.", StringComparison.Ordinal) || name.Contains(".Tests.Keys.", StringComparison.Ordinal) || name.Contains(".Tests.Judges.", StringComparison.Ordinal) ? 1
        : 0;
}
