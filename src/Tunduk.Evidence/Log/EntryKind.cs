namespace Tunduk.Evidence.Log;

/// <summary>What an entry records. The number is the byte in the entry (proto/ENTRY-FORMAT.md §2).</summary>
public enum EntryKind
{
    /// <summary>A request that is about to go on. It needs an end: a response, a refusal or an outcome-unknown entry that links to it.</summary>
    Request = 1,

    /// <summary>The answer to a request, faults included.</summary>
    Response = 2,

    /// <summary>Something that was refused; with a link it ends that request.</summary>
    Refusal = 3,

    /// <summary>Nobody can know how the linked request ended.</summary>
    OutcomeUnknown = 4,

    /// <summary>Somebody looked, listed, exported or was denied.</summary>
    ArchiveAccess = 5,
    Approval = 6,
    RetentionRun = 7,
    Hold = 8,
    Erasure = 9,
    KeyChange = 10,
    ConfigurationChange = 11,

    /// <summary>Time-stamp tokens, OCSP answers, CRLs, anchors' receipts.</summary>
    CheckpointEvidence = 12,
}
