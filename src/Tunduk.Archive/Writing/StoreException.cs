namespace Tunduk.Archive.Writing;

/// <summary>A store could not do what it was asked; whether the last commit is on disk is unknown until it is reopened.</summary>
internal class StoreException(ArchiveFaultCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    public StoreException(ArchiveFault fault)
        : this(fault.Code, fault.Detail)
    {
    }

    public ArchiveFaultCode Code { get; } = code;

    public ArchiveFault ToFault() => new(Code, Message, Code switch
    {
        ArchiveFaultCode.ArchiveFull => "Free space on the archive's volume or move the archive to a larger one.",
        ArchiveFaultCode.ArchiveLocked => "Stop the other process; one archive has one writer.",
        ArchiveFaultCode.ArchiveFenced => "Find the other process that writes this log and stop it; then restart this adapter.",
        ArchiveFaultCode.ArchiveRolledBack => "Restore the newest database; if it is lost, close the log with `archive succeed --reason ...`.",
        ArchiveFaultCode.ArchiveKeys => "Give the adapter the key files that belong to this archive, mode 0600.",
        ArchiveFaultCode.ArchiveUnreadable => "Restore the database from a backup and check it with `verify`.",
        ArchiveFaultCode.ArchiveSettings => "Correct the setting and start again.",
        _ => "Check the archive's volume; the archive reopens by itself when it can be written again.",
    });
}
