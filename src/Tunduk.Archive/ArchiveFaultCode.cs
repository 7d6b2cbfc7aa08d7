namespace Tunduk.Archive;

/// <summary>Every named fault of the archive. <see cref="ArchiveFault.Name"/> is the form shown outside.</summary>
public enum ArchiveFaultCode
{
    /// <summary>No space (or no reserve for the answer) is left.</summary>
    ArchiveFull,

    /// <summary>A write or sync failed; appends are refused until the store was reopened and recovered.</summary>
    ArchiveUnwritable,

    /// <summary>The database is behind or beside the head store.</summary>
    ArchiveRolledBack,

    /// <summary>Another process has the archive or the head store open.</summary>
    ArchiveLocked,

    /// <summary>Another process took over this log; this one stops writing for good.</summary>
    ArchiveFenced,

    /// <summary>The archive is shutting down or was opened read-only.</summary>
    ArchiveClosed,

    /// <summary>Too many appends are waiting.</summary>
    ArchiveBusy,

    /// <summary>The file is no archive, is damaged, or was written by a newer version.</summary>
    ArchiveUnreadable,

    /// <summary>A setting cannot work: a network file system, a missing path, a setting that does not read back.</summary>
    ArchiveSettings,

    /// <summary>A key is missing, wrong, or its file can be read by others.</summary>
    ArchiveKeys,

    /// <summary>The clock stands before the newest entry by more than the permitted step.</summary>
    ArchiveClock,

    /// <summary>No time-stamp authority stamped the newest checkpoint; the archive goes on.</summary>
    TimestampMissing,

    /// <summary>The draft breaks a bound of the entry format.</summary>
    DraftInvalid,

    /// <summary>The linked request is not in this archive.</summary>
    LinkUnknown,
}
