namespace Tunduk.Archive.Writing;

/// <summary>Nothing was written, and the batch is to be decided anew: another writer of the same database took a name in the meantime, or the store's files were touched.</summary>
internal sealed class StoreConflictException : StoreException
{
    /// <summary>A name was taken.</summary>
    public StoreConflictException()
        : base(ArchiveFaultCode.ArchiveBusy, Phrases.Of("Writing.AnotherAdapterClaimedSame"))
    {
    }

    /// <summary>The store is to be opened again first.</summary>
    public StoreConflictException(StoreException cause)
        : base(cause.ToFault())
    {
    }
}
