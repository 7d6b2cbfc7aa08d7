using System.Globalization;

namespace Tunduk.Evidence.Tests.Canonicalization;

/// <summary>The generated documents of one run: 2,000 with fixed seeds; tests/long/canonical asks for more, from any seed.</summary>
internal static class Corpus
{
    /// <summary>Documents in one file, for the judge that reads many at once.</summary>
    public const int FileSize = 50;

    /// <summary>How many; made up to a multiple of <see cref="FileSize"/>, so that no run compares nothing.</summary>
    public static int Count { get; } = (Math.Max(Read("TUNDUK_DOCUMENTS", 2000), 1) + FileSize - 1) / FileSize * FileSize;

    public static IEnumerable<int> Seeds => Enumerable.Range(First, Count);

    /// <summary>The first seed.</summary>
    public static int First { get; } = Read("TUNDUK_SEED", 0);

    // A value that is none must not become another one in silence: the run would not be the one that was asked for.
    private static int Read(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;
}
