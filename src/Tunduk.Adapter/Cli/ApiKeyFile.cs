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
            fault = $"--key-file: there is no file {file}";
            return false;
        }

        // What is not an API key has no place in a header: a PEM file given by mistake leaves this process as little.
        var text = new FileInfo(file).Length > 2 * Longest ? "" : File.ReadAllText(file).Trim();
        if (text.Length is 0 or > Longest || text.Any(c => c is <= ' ' or > '~'))
        {
            fault = $"--key-file: {file} holds no API key; it has one line of visible characters, without spaces, at most {Longest}";
            return false;
        }

        key = text;
        return true;
    }
}
