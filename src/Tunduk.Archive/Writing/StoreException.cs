namespace Tunduk.Archive.Writing;

/// <summary>A store could not do what it was asked; whether the last commit is on disk is unknown until it is reopened.</summary>
internal class StoreException(ArchiveFaultCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    public StoreException(ArchiveFault fault)
        : this(fault.Code, fault.Detail) => Remedy = fault.Remedy;

    public ArchiveFaultCode Code { get; } = code;

    /// <summary>What helps, where that is known better than by the code; null otherwise.</summary>
    public string? Remedy { get; init; }

    public ArchiveFault ToFault() => new(Code, Message, Remedy ?? Code switch
    {
        ArchiveFaultCode.ArchiveFull => Phrases.Of("Writing.FreeSpaceArchiveVolumeMove"),
        ArchiveFaultCode.ArchiveLocked => Phrases.Of("Writing.StopOtherProcessArchive"),
        ArchiveFaultCode.ArchiveFenced => Phrases.Of("Writing.FindOtherProcessWrites"),
        ArchiveFaultCode.ArchiveRolledBack => Phrases.Of("Writing.RestoreNewestDatabaseIf"),
        ArchiveFaultCode.ArchiveKeys => Phrases.Of("Writing.GiveAdapterKeyFiles"),
        ArchiveFaultCode.ArchiveUnreadable => Phrases.Of("Writing.RestoreDatabaseFromBackup"),
        ArchiveFaultCode.ArchiveSettings => Phrases.Of("Writing.CorrectSettingStartAgain"),
        _ => Phrases.Of("Writing.CheckArchiveVolumeArchive"),
    });
}
