using Tunduk.Archive.Heads;
using Tunduk.Archive.Keys;
using Tunduk.Archive.Stores;

namespace Tunduk.Archive;

/// <summary>What an open archive holds and lets go of together.</summary>
internal sealed class ArchiveParts(IArchiveStore store, HeadKeeper head) : IDisposable
{
    private FileKeyStore? keys;

    public IArchiveStore Store => store;

    public HeadKeeper Head => head;

    /// <summary>Set right after this was made; a missing key store still lets go of the others.</summary>
    public FileKeyStore Keys
    {
        get => keys ?? throw new InvalidOperationException("The key store is not open.");
        set => keys = value;
    }

    public void Dispose()
    {
        store.Dispose();
        head.Dispose();
        keys?.Dispose();
    }
}
