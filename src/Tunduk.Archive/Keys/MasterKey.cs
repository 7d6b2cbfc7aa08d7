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
                ? Hex(value) ?? throw new StoreException(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Keys.EnvironmentVariableDoesNot", name))
                : throw new StoreException(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Keys.EnvironmentVariableHoldsMaster", name));
        }

        if (!File.Exists(source))
        {
            throw new StoreException(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Keys.MasterKeyFileDoes", source));
        }

        RequirePrivate(source);
        byte[] bytes = File.ReadAllBytes(source);
        if (bytes.AsSpan().StartsWith(Encoding.ASCII.GetBytes(Wrapped)))
        {
            throw new StoreException(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Keys.MasterKeyWrappedToken", source));
        }

        return bytes.Length == FileKeyStore.KeySize
            ? bytes
            : Hex(Encoding.Latin1.GetString(bytes)) ?? throw new StoreException(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Keys.MasterKeyFileHolds"));
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
                throw new StoreException(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Keys.TokenKeyDoesNot", token!.Name), e);
            }
        }
    }

    /// <summary>Throws when others than the owner can read or change a file.</summary>
    public static void RequirePrivate(string file)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != UnixFileMode.None)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Keys.CanReadChangedOthers", file));
        }
    }

    private static byte[] Unwrap(string source, MasterKeyToken token)
    {
        if (source.StartsWith(FromEnvironment, StringComparison.Ordinal) || !File.Exists(source))
        {
            throw new StoreException(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Keys.MasterKeyFileToken", source));
        }

        RequirePrivate(source);
        string text = Encoding.Latin1.GetString(File.ReadAllBytes(source)).TrimEnd('\n');
        byte[] wrapped = new byte[text.Length];
        if (!text.StartsWith(Wrapped, StringComparison.Ordinal) || !Convert.TryFromBase64String(text[Wrapped.Length..], wrapped, out int length))
        {
            throw new StoreException(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Keys.HoldsNoMasterKey", source));
        }

        try
        {
            byte[] key = token.Unwrap(wrapped[..length]);
            return key.Length == FileKeyStore.KeySize ? key : throw new CryptographicException("another length");
        }
        catch (CryptographicException e)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Keys.TokenKeyDoesNotOpen", token.Name), e);
        }
    }

    private static byte[]? Hex(string text)
    {
        byte[] key = new byte[FileKeyStore.KeySize];
        string digits = text.Trim();
        return digits.Length == 2 * key.Length && Convert.FromHexString(digits, key, out _, out _) == System.Buffers.OperationStatus.Done ? key : null;
    }
}
