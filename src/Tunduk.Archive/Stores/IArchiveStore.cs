using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Stores;

/// <summary>A database that holds one log or several: makes the writer of one, and lends connections for reading all of them.</summary>
internal interface IArchiveStore : IDisposable
{
    /// <summary>A writer that was not opened yet. After a failed write it is thrown away and another one is made.</summary>
    ILogStore NewWriter();

    /// <summary>Room for entries: how much is free, and what is kept back for the ends of requests.</summary>
    ISpace Space { get; }

    /// <summary>Whether other processes write logs of their own to this database and share its keys.</summary>
    bool IsShared { get; }

    /// <summary>What will become a problem of the store's files; null: nothing.</summary>
    ArchiveFault? Warning => null;

    /// <summary>Takes what of the settings is the store's; one that has none takes nothing.</summary>
    void Take(ArchivePolicy policy)
    {
    }

    /// <summary>Gives room of what was erased back where the store does that beside its writer; may take as long as reading it all.</summary>
    void Reclaim(bool deep);

    /// <summary>
    /// Waits until no other process that uses the database has this lock, and has it until disposed or the process ends. A store that one process has alone
    /// gives it at once. Within the process it is not to be asked for twice at once.
    /// </summary>
    IDisposable LockRetention();

    /// <summary>Reads over a connection of its own. Reads see everything that was committed before.</summary>
    T Use<T>(Func<IStoreReader, T> read);

    Task<T> UseAsync<T>(Func<IStoreReader, Task<T>> read);
}
