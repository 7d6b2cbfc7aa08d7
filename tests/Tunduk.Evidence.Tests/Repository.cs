namespace Tunduk.Evidence.Tests;

/// <summary>The checkout the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Tunduk.Adapter.sln")))
        {
            folder = folder.Parent;
        }

        return folder!.FullName;
    }
}
