using System.Diagnostics.CodeAnalysis;

namespace Tunduk.Adapter.Keys;

/// <summary>Reads files and variables that hold keys, passwords and PINs; a file that others can read is refused.</summary>
internal static class SecretFile
{
    private const int Largest = 1024 * 1024;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>True when group or others can read or write a file that holds a secret.</summary>
    public static bool IsOpenToOthers(string file) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != 0;

    /// <summary>Reads a file whole; the caller wipes the bytes.</summary>
    public static bool TryRead(string file, [NotNullWhen(true)] out byte[]? content, [NotNullWhen(false)] out KeyFault? fault)
    {
        content = null;
        try
        {
            if (IsOpenToOthers(file))
            {
                fault = new KeyFault(KeyFaultCode.FileReadableByOthers, $"others than its owner can read or write {file}", $"chmod 600 {file}; consider whether the secret in it is still one.");
                return false;
            }

            var length = new FileInfo(file).Length;
            if (length is 0 or > Largest)
            {
                fault = new KeyFault(KeyFaultCode.FileSize, $"{file} has {length} bytes", "Give the file that holds the key; a key file has some kilobytes.");
                return false;
            }

            content = File.ReadAllBytes(file);
            fault = null;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            fault = new KeyFault(KeyFaultCode.FileMissing, $"{file} cannot be read ({exception.GetType().Name})", "Check the path, and that the adapter's user may read the file.");
            return false;
        }
    }

    /// <summary>A password or PIN: the first line of a file, or an environment variable; null where neither is configured.</summary>
    public static bool TryReadLine(string? file, string? variable, out string? secret, [NotNullWhen(false)] out KeyFault? fault)
    {
        secret = null;
        fault = null;
        if (file is null)
        {
            secret = variable is null ? null : Environment.GetEnvironmentVariable(variable);
            return true;
        }

        if (!TryRead(file, out var content, out fault))
        {
            return false;
        }

        secret = System.Text.Encoding.UTF8.GetString(content).Split('\n', 2)[0].TrimEnd('\r');
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(content);
        return true;
    }
}
