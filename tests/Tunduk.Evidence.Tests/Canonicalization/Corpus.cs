using System.Globalization;

namespace Tunduk.Evidence.Tests.Canonicalization;

/// <summary>The generated documents of one run: 2,000 with fixed seeds; tests/long/canonical asks for more, from any seed.</summary>
internal static class Corpus
{
    /// <summary>Documents in one file, for the judge that reads many at once.</summary>
    public const int FileSize = 50;

    /// <summary>How many; a multiple of <see cref="FileSize"/>.</summary>
    public static int Count { get; } = Read("TUNDUK_DOCUMENTS", 2000) / FileSize * FileSize;

    public static IEnumerable<int> Seeds => Enumerable.Range(First, Count);

    /// <summary>The first seed.</summary>
    public static int First { get; } = Read("TUNDUK_SEED", 0);

    private static int Read(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
