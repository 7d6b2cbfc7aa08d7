namespace Tunduk.Adapter.Cli;

/// <summary>The file of <c>--key-file</c>: one line with an API key.</summary>
internal static class ApiKeyFile
{
    private const int Longest = 512;

    /// <summary>Reads the key; what is wrong with the file otherwise, without anything of what it holds.</summary>
    public static bool TryRead(string? file, out string key, out string fault)
    {
        key = "";
        fault = "";
        if (file is null || !File.Exists(file))
        {
            fault = Phrases.Of("Cli.KeyFileNoFile", file);
            return false;
        }

        // What is not an API key has no place in a header: a PEM file given by mistake leaves this process as little.
        var text = new FileInfo(file).Length > 2 * Longest ? "" : File.ReadAllText(file).Trim();
        if (text.Length is 0 or > Longest || text.Any(c => c is <= ' ' or > '~'))
        {
            fault = Phrases.Of("Cli.KeyFileHoldsNo", file, Longest);
            return false;
        }

        key = text;
        return true;
    }
}
