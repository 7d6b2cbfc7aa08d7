namespace Tunduk.Adapter.Agreements;

/// <summary>Finds what a misspelt name probably meant.</summary>
internal static class NearestName
{
    /// <summary>Up to <paramref name="count"/> names at most a third of the letters away, nearest first.</summary>
    public static IReadOnlyList<string> Of(string name, IEnumerable<string> known, int count = 3) =>
        [.. known
            .Select(k => (Name: k, Distance: Distance(name, k)))
            .Where(c => c.Distance <= Math.Max(2, Math.Max(name.Length, c.Name.Length) / 3))
            .OrderBy(static c => c.Distance)
            .ThenBy(static c => c.Name, StringComparer.Ordinal)
            .Take(count)
            .Select(static c => c.Name)];

    /// <summary>Edits from one text to the other, letters compared without case.</summary>
    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 32 || a.Length > 256 || b.Length > 256)
        {
            return int.MaxValue;
        }

        int[] previous = new int[b.Length + 1];
        int[] current = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + change);
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
