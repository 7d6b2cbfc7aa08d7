using System.Globalization;

namespace Tunduk.XRoad.Contracts;

/// <summary>Names of which each is given once.</summary>
internal static class UniqueNames
{
    /// <summary>The wish, or the wish with a separator and the first free number from 2.</summary>
    public static string Take(HashSet<string> taken, string wish, string separator)
    {
        if (taken.Add(wish))
        {
            return wish;
        }

        var number = 2;
        string name;
        do
        {
            name = wish + separator + number.ToString(CultureInfo.InvariantCulture);
            number++;
        }
        while (!taken.Add(name));

        return name;
    }
}
