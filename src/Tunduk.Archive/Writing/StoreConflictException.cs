namespace Tunduk.Archive.Writing;

/// <summary>Another writer of the same database took a name in the meantime: nothing was written, and the batch is to be decided anew.</summary>
internal sealed class StoreConflictException() : StoreException(ArchiveFaultCode.ArchiveBusy, Phrases.Of("Writing.AnotherAdapterClaimedSame"));
