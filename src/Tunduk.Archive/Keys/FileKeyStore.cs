using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tunduk.Archive.Files;
using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Keys;

/// <summary>
/// Epoch keys in files, each wrapped by the master key (AES-256-GCM): seal keys wrap record keys, index keys make keyed hashes.
/// A key is 32 random bytes; a file is one line <c>tunduk-key/1 KIND EPOCH CREATED BASE64(nonce ‖ ciphertext ‖ tag)</c> whose first
/// four words are the associated data.
/// </summary>
internal sealed class FileKeyStore : IDisposable
{
    public const int KeySize = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const string Format = "tunduk-key/1";
    private readonly string folder;
    private readonly byte[] master;
    private readonly Lock gate = new();
    private readonly SortedDictionary<int, EpochKey> seal = [];
    private readonly SortedDictionary<int, EpochKey> index = [];

    private FileKeyStore(string folder, byte[] master)
    {
        this.folder = folder;
        this.master = master;
    }

    /// <summary>Opens the store; with <paramref name="create"/> a missing master key is made.</summary>
    public static FileKeyStore Open(string folder, string masterFile, bool create)
    {
        try
        {
            DurableFile.MakeFolder(folder);
            if (!File.Exists(masterFile) && create && !Directory.EnumerateFiles(folder, "*.key").Any())
            {
                DurableFile.MakeFolder(Path.GetDirectoryName(Path.GetFullPath(masterFile))!);
                DurableFile.CreateNew(masterFile, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeySize)) + "\n"));
            }

            FileKeyStore store = new(folder, ReadMaster(masterFile));
            foreach (string file in Directory.EnumerateFiles(folder, "*.key").Order(StringComparer.Ordinal))
            {
                store.Load(file);
            }

            return store;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveKeys, $"A key file cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Highest seal epoch; 0 if there is none.</summary>
    public int NewestSealEpoch
    {
        get
        {
            lock (gate)
            {
                return seal.Count == 0 ? 0 : seal.Keys.Last();
            }
        }
    }

    /// <summary>The seal key in use at a time; a new epoch begins when the newest is older than <paramref name="length"/>.</summary>
    public EpochKey CurrentSeal(DateTimeOffset now, TimeSpan length) => Current(seal, "seal", now, length);

    /// <summary>The index key in use.</summary>
    public EpochKey CurrentIndex(DateTimeOffset now, TimeSpan length) => Current(index, "index", now, length);

    /// <summary>Every index key there is, newest first: what may have been indexed under any of them is looked up under all.</summary>
    public IReadOnlyList<EpochKey> IndexKeys()
    {
        lock (gate)
        {
            return [.. index.Values.Reverse()];
        }
    }

    public EpochKey? FindSeal(int epoch)
    {
        lock (gate)
        {
            return seal.GetValueOrDefault(epoch);
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(master);
        foreach (EpochKey key in seal.Values.Concat(index.Values))
        {
            key.Dispose();
        }
    }

    private EpochKey Current(SortedDictionary<int, EpochKey> keys, string kind, DateTimeOffset now, TimeSpan length)
    {
        lock (gate)
        {
            EpochKey? newest = keys.Count == 0 ? null : keys.Values.Last();
            if (newest is not null && now - newest.Created < length)
            {
                return newest;
            }

            int epoch = (newest?.Epoch ?? 0) + 1;
            EpochKey key = new(epoch, DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()), RandomNumberGenerator.GetBytes(KeySize));
            string head = string.Create(CultureInfo.InvariantCulture, $"{Format} {kind} {epoch} {key.Created.ToUnixTimeSeconds()}");
            byte[] blob = new byte[NonceSize + KeySize + TagSize];
            RandomNumberGenerator.Fill(blob.AsSpan(0, NonceSize));
            using (AesGcm aes = new(master, TagSize))
            {
                aes.Encrypt(blob.AsSpan(0, NonceSize), key.Key, blob.AsSpan(NonceSize, KeySize), blob.AsSpan(NonceSize + KeySize), Encoding.ASCII.GetBytes(head));
            }

            // On disk before the first record is wrapped with it.
            DurableFile.CreateNew(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{kind}-{epoch:D6}.key")),
                Encoding.ASCII.GetBytes(head + " " + Convert.ToBase64String(blob) + "\n"));
            keys.Add(epoch, key);
            return key;
        }
    }

    private void Load(string file)
    {
        RequirePrivate(file);
        string[] words = File.ReadAllText(file).TrimEnd('\n').Split(' ');
        byte[] blob = new byte[NonceSize + KeySize + TagSize];
        if (words.Length != 5 || words[0] != Format || !int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out int epoch)
            || !long.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out long created)
            || !Convert.TryFromBase64String(words[4], blob, out int length) || length != blob.Length)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveKeys, $"{Path.GetFileName(file)} is no key file.");
        }

        byte[] key = new byte[KeySize];
        try
        {
            using AesGcm aes = new(master, TagSize);
            aes.Decrypt(blob.AsSpan(0, NonceSize), blob.AsSpan(NonceSize, KeySize), blob.AsSpan(NonceSize + KeySize), key, Encoding.ASCII.GetBytes(string.Join(' ', words[..4])));
        }
        catch (CryptographicException e)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveKeys, $"{Path.GetFileName(file)} was not wrapped by this master key.", e);
        }

        SortedDictionary<int, EpochKey> keys = words[1] switch
        {
            "seal" => seal,
            "index" => index,
            _ => throw new StoreException(ArchiveFaultCode.ArchiveKeys, $"{Path.GetFileName(file)} is no key file."),
        };
        if (!keys.TryAdd(epoch, new EpochKey(epoch, DateTimeOffset.FromUnixTimeSeconds(created), key)))
        {
            throw new StoreException(ArchiveFaultCode.ArchiveKeys, $"{Path.GetFileName(file)} repeats an epoch.");
        }
    }

    private static byte[] ReadMaster(string file)
    {
        if (!File.Exists(file))
        {
            throw new StoreException(ArchiveFaultCode.ArchiveKeys, $"The master key file {file} does not exist.");
        }

        RequirePrivate(file);
        byte[] bytes = File.ReadAllBytes(file);
        if (bytes.Length == KeySize)
        {
            return bytes;
        }

        byte[] key = new byte[KeySize];
        string text = Encoding.Latin1.GetString(bytes).Trim();
        return text.Length == 2 * KeySize && Convert.FromHexString(text, key, out _, out _) == System.Buffers.OperationStatus.Done
            ? key
            : throw new StoreException(ArchiveFaultCode.ArchiveKeys, "The master key file holds neither 32 bytes nor 64 hexadecimal digits.");
    }

    private static void RequirePrivate(string file)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != UnixFileMode.None)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveKeys, $"{file} can be read or changed by others; set its mode to 0600.");
        }
    }
}
