using System.Security.Cryptography;
using System.Text;
using Tunduk.Archive.Files;
using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Keys;

/// <summary>Where the master key comes from: a file of 32 bytes or 64 hexadecimal digits, mode 0600, or <c>env:NAME</c>, an environment variable with 64 hexadecimal digits.</summary>
internal static class MasterKey
{
    private const string FromEnvironment = "env:";

    /// <summary>The key's bytes.</summary>
    /// <exception cref="StoreException">It is missing, malformed or readable by others.</exception>
    public static byte[] Read(string source)
    {
        if (source.StartsWith(FromEnvironment, StringComparison.Ordinal))
        {
            string name = source[FromEnvironment.Length..];
            return Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
                ? Hex(value) ?? throw new StoreException(ArchiveFaultCode.ArchiveKeys, $"The environment variable {name} does not hold 64 hexadecimal digits.")
                : throw new StoreException(ArchiveFaultCode.ArchiveKeys, $"The environment variable {name}, which holds the master key, is not set.");
        }

        if (!File.Exists(source))
        {
            throw new StoreException(ArchiveFaultCode.ArchiveKeys, $"The master key file {source} does not exist.");
        }

        RequirePrivate(source);
        byte[] bytes = File.ReadAllBytes(source);
        return bytes.Length == FileKeyStore.KeySize
            ? bytes
            : Hex(Encoding.Latin1.GetString(bytes)) ?? throw new StoreException(ArchiveFaultCode.ArchiveKeys, "The master key file holds neither 32 bytes nor 64 hexadecimal digits.");
    }

    /// <summary>Makes a new key where a file is missing; a key from the environment is never made.</summary>
    public static void Create(string source)
    {
        if (!source.StartsWith(FromEnvironment, StringComparison.Ordinal) && !File.Exists(source))
        {
            DurableFile.MakeFolder(Path.GetDirectoryName(Path.GetFullPath(source))!);
            try
            {
                DurableFile.CreateNew(source, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(FileKeyStore.KeySize)) + "\n"));
            }
            catch (IOException) when (File.Exists(source))
            {
                // Another adapter that shares it was first.
            }
        }
    }

    /// <summary>Throws when others than the owner can read or change a file.</summary>
    public static void RequirePrivate(string file)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != UnixFileMode.None)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveKeys, $"{file} can be read or changed by others; set its mode to 0600.");
        }
    }

    private static byte[]? Hex(string text)
    {
        byte[] key = new byte[FileKeyStore.KeySize];
        string digits = text.Trim();
        return digits.Length == 2 * key.Length && Convert.FromHexString(digits, key, out _, out _) == System.Buffers.OperationStatus.Done ? key : null;
    }
}
