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
    public static bool TryRead(string file, [NotNullWhen(true)] out byte[]? content, [NotNullWhen(false)] out KeyFault? fault) =>
        TryRead(file, static _ => false, out content, out fault);

    /// <summary>Reads a file that may hold a secret whole; the caller wipes the bytes.</summary>
    /// <param name="file">The file.</param>
    /// <param name="isPublic">Whether nothing in the bytes is secret: then others may read them.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="fault">Why there are none.</param>
    public static bool TryRead(string file, Func<byte[], bool> isPublic, [NotNullWhen(true)] out byte[]? content, [NotNullWhen(false)] out KeyFault? fault)
    {
        content = null;
        if (Directory.Exists(file))
        {
            fault = new KeyFault(KeyFaultCode.FileKind, Phrases.Of("Keys.Folder", file), Phrases.Of("Keys.NameFile"));
            return false;
        }

        try
        {
            var length = new FileInfo(file).Length;
            if (length is > 0 and <= Largest)
            {
                content = File.ReadAllBytes(file);
            }

            if (content is null)
            {
                fault = new KeyFault(KeyFaultCode.FileSize, length == 0 ? Phrases.Of("Keys.EmptyNoRegularFile", file) : Phrases.Of("Keys.Bytes", file, length), Phrases.Of("Keys.GiveFileHoldsKey"));
                return false;
            }

            if (IsOpenToOthers(file) && !isPublic(content))
            {
                System.Security.Cryptography.CryptographicOperations.ZeroMemory(content);
                content = null;
                fault = new KeyFault(KeyFaultCode.FileReadableByOthers, Phrases.Of("Keys.OthersThanOwnerCan", file), Phrases.Of("Keys.Chmod600ConsiderWhether", file));
                return false;
            }

            fault = null;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            fault = Unreadable(file, exception);
            return false;
        }
    }

    private static KeyFault Empty(string file) => new(KeyFaultCode.PasswordMissing, Phrases.Of("Keys.FirstLineEmpty", file), Phrases.Of("Keys.PutPasswordPinInto"));

    /// <summary>A file that could not be opened, in words.</summary>
    public static KeyFault Unreadable(string file, Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => new KeyFault(KeyFaultCode.FileMissing, Phrases.Of("Keys.NoFile", file), Phrases.Of("Keys.CheckPathRelativeCounts")),
        UnauthorizedAccessException => new KeyFault(KeyFaultCode.FileMissing, Phrases.Of("Keys.AdapterUserMayNot", file), Phrases.Of("Keys.GiveUserChownUser")),
        _ => new KeyFault(KeyFaultCode.FileMissing, Phrases.Of("Keys.CannotRead", file, exception.GetType().Name), Phrases.Of("Keys.CheckPathAdapterUser")),
    };

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
            fault = fault.Code == KeyFaultCode.FileSize && new FileInfo(file).Length == 0 ? Empty(file) : fault;
            return false;
        }

        // Some editors begin every text with a byte order mark; no password does.
        var text = content.AsSpan();
        secret = System.Text.Encoding.UTF8.GetString(text.StartsWith("\uFEFF"u8) ? text[3..] : text).Split('\n', 2)[0].TrimEnd('\r');
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(content);
        fault = secret.Length == 0 ? Empty(file) : null;
        return fault is null;
    }
}
