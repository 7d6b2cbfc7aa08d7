namespace Tunduk.Archive;

/// <summary>Why the archive cannot do something, and what helps.</summary>
/// <param name="Code">The named fault.</param>
/// <param name="Detail">What was found: sizes, codes, paths; never a value of a message.</param>
/// <param name="Remedy">What to do.</param>
public sealed record ArchiveFault(ArchiveFaultCode Code, string Detail, string Remedy)
{
    /// <summary>What was found and what helps, in sentences.</summary>
    public string Text => $"{Detail.TrimEnd('.')}. {Remedy}";

    /// <summary>The code as shown outside, e.g. <c>archive_full</c>.</summary>
    public string Name => Code switch
    {
        ArchiveFaultCode.ArchiveFull => "archive_full",
        ArchiveFaultCode.ArchiveUnwritable => "archive_unwritable",
        ArchiveFaultCode.ArchiveRolledBack => "archive_rolled_back",
        ArchiveFaultCode.ArchiveLocked => "archive_locked",
        ArchiveFaultCode.ArchiveFenced => "archive_fenced",
        ArchiveFaultCode.ArchiveClosed => "archive_closed",
        ArchiveFaultCode.ArchiveBusy => "archive_busy",
        ArchiveFaultCode.ArchiveUnreadable => "archive_unreadable",
        ArchiveFaultCode.ArchiveSettings => "archive_settings",
        ArchiveFaultCode.ArchiveKeys => "archive_keys",
        ArchiveFaultCode.ArchiveClock => "archive_clock",
        ArchiveFaultCode.TimestampMissing => "timestamp_missing",
        ArchiveFaultCode.DraftInvalid => "draft_invalid",
        ArchiveFaultCode.LinkUnknown => "link_unknown",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
