using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tunduk.Archive.Files;
using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Keys;

// Over 300 lines: making, finding, reading and destroying one kind of file, under one lock.

/// <summary>
/// Epoch keys in files, each wrapped by the master key (AES-256-GCM): seal keys wrap record keys, index keys make keyed hashes.
/// A key is 32 random bytes; a file is one line <c>tunduk-key/1 KIND EPOCH CREATED BASE64(nonce ‖ ciphertext ‖ tag)</c> whose first
/// four words are the associated data. The name is <c>KIND-EPOCH.key</c>, from the second generation on <c>KIND-EPOCH.gN.key</c>.
/// Adapters that share a database share the folder: whoever begins an epoch first, makes its key.
/// </summary>
internal sealed class FileKeyStore : IDisposable
{
    public const int KeySize = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const string Format = "tunduk-key/1";
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);
    private const string Pattern = "*.key";
    private const string SealKind = "seal";
    private const string IndexKind = "index";
    private readonly string folder;
    private readonly byte[] master;
    private readonly Lock gate = new();

    // Every generation that is there, the newest first: more than one only while an epoch is being sealed.
    private readonly SortedDictionary<int, List<EpochKey>> seal = [];
    private readonly SortedDictionary<int, List<EpochKey>> index = [];
    private readonly HashSet<string> loaded = [];

    private FileKeyStore(string folder, byte[] master)
    {
        this.folder = folder;
        this.master = master;
    }

    /// <summary>Opens the store; with <paramref name="create"/> a missing master key file is made.</summary>
    public static FileKeyStore Open(string folder, string masterKey, bool create, MasterKeyToken? token = null)
    {
        try
        {
            DurableFile.MakeFolder(folder);
            if (create && !HasKeys(folder))
            {
                MasterKey.Create(masterKey, token);
            }

            FileKeyStore store = new(folder, MasterKey.Read(masterKey, token));
            store.LoadNew();
            return store;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(e);
        }
    }

    /// <summary>Whether there is any key.</summary>
    public static bool HasKeys(string folder) => Directory.EnumerateFiles(folder, Pattern).Any();

    /// <summary>The fault of a folder or file that cannot be read.</summary>
    public static StoreException Unreadable(Exception e) =>
        new(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Keys.KeyFileCannotRead", e.Message), e) { Remedy = Phrases.Of("Keys.PutKeyFolderBack") };

    /// <summary>Key files that were read.</summary>
    public int Count => loaded.Count;

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

    /// <summary>The first epoch whose index key is not there; null where all are. A record that was indexed under it would be found by nobody.</summary>
    public int? MissingIndexEpoch
    {
        get
        {
            lock (gate)
            {
                int epoch = 1;
                while (index.ContainsKey(epoch))
                {
                    epoch++;
                }

                return index.Count == 0 || epoch <= index.Keys.Last() ? epoch : null;
            }
        }
    }

    /// <summary>Why nothing could be sealed at this moment; null when something could. Files are looked at ten times a second at most.</summary>
    public ArchiveFault? Fault(DateTimeOffset now)
    {
        lock (gate)
        {
            try
            {
                foreach ((SortedDictionary<int, List<EpochKey>> keys, string kind) in new[] { (seal, SealKind), (index, IndexKind) })
                {
                    if (Newest(keys) is { } newest)
                    {
                        There(keys, kind, newest, now);
                    }
                }

                return null;
            }
            catch (StoreException e)
            {
                return e.ToFault();
            }
        }
    }

    /// <summary>The seal key in use at a time; a new epoch begins when the newest is older than <paramref name="length"/>.</summary>
    public EpochKey CurrentSeal(DateTimeOffset now, TimeSpan length) => Current(seal, SealKind, now, length);

    /// <summary>The index key in use.</summary>
    public EpochKey CurrentIndex(DateTimeOffset now, TimeSpan length) => Current(index, IndexKind, now, length);

    /// <summary>Every index key there is, newest first: what may have been indexed under any of them is looked up under all. Fresh: looks for those of other adapters too.</summary>
    public IReadOnlyList<EpochKey> IndexKeys(bool fresh = false)
    {
        lock (gate)
        {
            if (fresh)
            {
                LoadNew();
            }

            return [.. index.Values.Reverse().Select(static generations => generations[0])];
        }
    }

    /// <summary>The keys of an epoch, newest generation first; empty when there are none.</summary>
    public IReadOnlyList<EpochKey> FindSeals(int epoch)
    {
        lock (gate)
        {
            if (!seal.ContainsKey(epoch))
            {
                LoadNew(); // another adapter may have begun it
            }

            return seal.TryGetValue(epoch, out List<EpochKey>? keys) ? [.. keys] : [];
        }
    }

    /// <summary>When the epoch after this one began; null while it is the newest.</summary>
    public DateTimeOffset? EndOfSeal(int epoch)
    {
        lock (gate)
        {
            LoadNew();
            return seal.Keys.Any(e => e > epoch) ? seal[seal.Keys.First(e => e > epoch)][0].Created : null;
        }
    }

    /// <summary>Gives an epoch a key of the next generation, which is used from now on; one that is there already from a sealing that did not end is taken up.</summary>
    public EpochKey NextGeneration(int epoch)
    {
        lock (gate)
        {
            List<EpochKey> keys = seal[epoch];
            if (keys.Count == 1)
            {
                EpochKey next = Make(SealKind, epoch, keys[0].Generation + 1, keys[0].Created);
                keys.Insert(0, next);
            }

            return keys[0];
        }
    }

    /// <summary>Destroys every generation of an epoch but the newest.</summary>
    public void DestroyOlder(int epoch)
    {
        lock (gate)
        {
            List<EpochKey> keys = seal[epoch];
            for (int i = keys.Count - 1; i > 0; i--)
            {
                DurableFile.Destroy(Path.Combine(folder, FileName(SealKind, epoch, keys[i].Generation)));
                keys[i].Dispose();
                keys.RemoveAt(i);
            }
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(master);
        foreach (EpochKey key in seal.Values.Concat(index.Values).SelectMany(static keys => keys))
        {
            key.Dispose();
        }
    }

    private EpochKey Current(SortedDictionary<int, List<EpochKey>> keys, string kind, DateTimeOffset now, TimeSpan length)
    {
        lock (gate)
        {
            EpochKey? newest = Newest(keys);
            if (newest is null || now - newest.Created >= length)
            {
                LoadNew();
                newest = Newest(keys);
            }

            if (newest is not null && now - newest.Created < length)
            {
                return There(keys, kind, newest, now);
            }

            int epoch = (newest?.Epoch ?? 0) + 1;
            try
            {
                keys[epoch] = [Make(kind, epoch, 1, DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()))];
            }
            catch (IOException) when (File.Exists(Path.Combine(folder, FileName(kind, epoch, 1))))
            {
                LoadNew(); // another adapter was first: its key is the epoch's key
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new StoreException(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Erasures.KeyFileCannotWritten", e.Message), e) { Remedy = Phrases.Of("Archive.CheckKeyFolder") };
            }

            return keys[epoch][0];
        }
    }

    // What is sealed with a key that is in memory only, nobody can open after this process. Looked at ten times a second; another adapter may have begun an epoch
    // and sealed this one meanwhile.
    private EpochKey There(SortedDictionary<int, List<EpochKey>> keys, string kind, EpochKey newest, DateTimeOffset now)
    {
        if ((now - newest.SeenAt).Duration() < LookAgain)
        {
            return newest;
        }

        string name = FileName(kind, newest.Epoch, newest.Generation);
        if (!File.Exists(Path.Combine(folder, name)))
        {
            LoadNew();
            EpochKey next = Newest(keys)!;
            return next != newest ? next : throw new StoreException(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Keys.KeyFileGone", name)) { Remedy = Phrases.Of("Keys.PutKeyFileBack") };
        }

        newest.SeenAt = now;
        return newest;
    }

    private static EpochKey? Newest(SortedDictionary<int, List<EpochKey>> keys) => keys.Count == 0 ? null : keys.Values.Last()[0];

    // On disk before the first record is wrapped with it.
    private EpochKey Make(string kind, int epoch, int generation, DateTimeOffset created)
    {
        EpochKey key = new(epoch, generation, created, RandomNumberGenerator.GetBytes(KeySize));
        string head = string.Create(CultureInfo.InvariantCulture, $"{Format} {kind} {epoch} {created.ToUnixTimeSeconds()}");
        byte[] blob = new byte[NonceSize + KeySize + TagSize];
        RandomNumberGenerator.Fill(blob.AsSpan(0, NonceSize));
        using (AesGcm aes = new(master, TagSize))
        {
            aes.Encrypt(blob.AsSpan(0, NonceSize), key.Key, blob.AsSpan(NonceSize, KeySize), blob.AsSpan(NonceSize + KeySize), Encoding.ASCII.GetBytes(head));
        }

        string name = FileName(kind, epoch, generation);
        DurableFile.CreateNew(Path.Combine(folder, name), Encoding.ASCII.GetBytes(head + " " + Convert.ToBase64String(blob) + "\n"));
        loaded.Add(name);
        return key;
    }

    private static string FileName(string kind, int epoch, int generation) => generation == 1
        ? string.Create(CultureInfo.InvariantCulture, $"{kind}-{epoch:D6}.key")
        : string.Create(CultureInfo.InvariantCulture, $"{kind}-{epoch:D6}.g{generation}.key");

    private void LoadNew()
    {
        try
        {
            foreach (string file in Directory.EnumerateFiles(folder, Pattern).Where(f => !loaded.Contains(Path.GetFileName(f))).Order(StringComparer.Ordinal).ToList())
            {
                Load(file);
                loaded.Add(Path.GetFileName(file));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(e);
        }
    }

    private void Load(string file)
    {
        MasterKey.RequirePrivate(file);
        string name = Path.GetFileName(file);
        string[] words = File.ReadAllText(file).TrimEnd('\n').Split(' ');
        byte[] blob = new byte[NonceSize + KeySize + TagSize];
        if (words.Length != 5 || words[0] != Format || words[1] is not (SealKind or IndexKind) || !int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out int epoch)
            || !long.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out long created)
            || !Convert.TryFromBase64String(words[4], blob, out int length) || length != blob.Length || Generation(name, words[1], epoch) is not { } generation)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Keys.NoKeyFileName", name));
        }

        byte[] key = new byte[KeySize];
        try
        {
            using AesGcm aes = new(master, TagSize);
            aes.Decrypt(blob.AsSpan(0, NonceSize), blob.AsSpan(NonceSize, KeySize), blob.AsSpan(NonceSize + KeySize), key, Encoding.ASCII.GetBytes(string.Join(' ', words[..4])));
        }
        catch (CryptographicException e)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Keys.NotWrappedMasterKey", name), e);
        }

        SortedDictionary<int, List<EpochKey>> keys = words[1] == SealKind ? seal : index;
        if (!keys.TryGetValue(epoch, out List<EpochKey>? generations))
        {
            keys.Add(epoch, generations = []);
        }

        generations.Add(new EpochKey(epoch, generation, DateTimeOffset.FromUnixTimeSeconds(created), key));
        generations.Sort(static (a, b) => b.Generation.CompareTo(a.Generation));
    }

    private static int? Generation(string name, string kind, int epoch)
    {
        if (name == FileName(kind, epoch, 1))
        {
            return 1;
        }

        string[] parts = name.Split('.');
        return parts.Length == 3 && parts[1].Length > 1 && int.TryParse(parts[1].AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int generation)
            && name == FileName(kind, epoch, generation) ? generation : null;
    }
}
