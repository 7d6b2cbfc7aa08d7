using System.Security.Cryptography;
using System.Text;
using Tunduk.Archive.Files;
using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Keys;

/// <summary>Where the master key comes from: a file of 32 bytes or 64 hexadecimal digits, mode 0600, or <c>env:NAME</c>, an environment variable with 64 hexadecimal digits.</summary>
internal static class MasterKey
{
    private const string FromEnvironment = "env:";
    private const string Wrapped = "tunduk-master/1 rsa-oaep-sha256 ";

    /// <summary>The key's bytes.</summary>
    /// <exception cref="StoreException">It is missing, malformed or readable by others.</exception>
    public static byte[] Read(string source, MasterKeyToken? token)
    {
        if (token is not null)
        {
            return Unwrap(source, token);
        }

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
        if (bytes.AsSpan().StartsWith(Encoding.ASCII.GetBytes(Wrapped)))
        {
            throw new StoreException(ArchiveFaultCode.ArchiveKeys, $"The master key in {source} is wrapped by a token, and none is named.");
        }

        return bytes.Length == FileKeyStore.KeySize
            ? bytes
            : Hex(Encoding.Latin1.GetString(bytes)) ?? throw new StoreException(ArchiveFaultCode.ArchiveKeys, "The master key file holds neither 32 bytes nor 64 hexadecimal digits.");
    }

    /// <summary>Makes a new key where a file is missing; a key from the environment is never made.</summary>
    public static void Create(string source, MasterKeyToken? token)
    {
        if (!source.StartsWith(FromEnvironment, StringComparison.Ordinal) && !File.Exists(source))
        {
            DurableFile.MakeFolder(Path.GetDirectoryName(Path.GetFullPath(source))!);
            try
            {
                byte[] key = RandomNumberGenerator.GetBytes(FileKeyStore.KeySize);
                string text = token is null ? Convert.ToHexStringLower(key) : Wrapped + Convert.ToBase64String(token.Wrap(key));
                CryptographicOperations.ZeroMemory(key);
                DurableFile.CreateNew(source, Encoding.ASCII.GetBytes(text + "\n"));
            }
            catch (IOException) when (File.Exists(source))
            {
                // Another adapter that shares it was first.
            }
            catch (CryptographicException e)
            {
                throw new StoreException(ArchiveFaultCode.ArchiveKeys, $"The token's key {token!.Name} does not wrap a master key: it must be RSA of 2,048 bits or more.", e);
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

    private static byte[] Unwrap(string source, MasterKeyToken token)
    {
        if (source.StartsWith(FromEnvironment, StringComparison.Ordinal) || !File.Exists(source))
        {
            throw new StoreException(ArchiveFaultCode.ArchiveKeys, $"The master key file {source}, which the token wraps, does not exist.");
        }

        RequirePrivate(source);
        string text = Encoding.Latin1.GetString(File.ReadAllBytes(source)).TrimEnd('\n');
        byte[] wrapped = new byte[text.Length];
        if (!text.StartsWith(Wrapped, StringComparison.Ordinal) || !Convert.TryFromBase64String(text[Wrapped.Length..], wrapped, out int length))
        {
            throw new StoreException(ArchiveFaultCode.ArchiveKeys, $"{source} holds no master key that a token wrapped.");
        }

        try
        {
            byte[] key = token.Unwrap(wrapped[..length]);
            return key.Length == FileKeyStore.KeySize ? key : throw new CryptographicException("another length");
        }
        catch (CryptographicException e)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveKeys, $"The token's key {token.Name} does not open the master key: it is another one, or it may not decrypt.", e);
        }
    }

    private static byte[]? Hex(string text)
    {
        byte[] key = new byte[FileKeyStore.KeySize];
        string digits = text.Trim();
        return digits.Length == 2 * key.Length && Convert.FromHexString(digits, key, out _, out _) == System.Buffers.OperationStatus.Done ? key : null;
    }
}
