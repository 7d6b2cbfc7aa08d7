namespace Tunduk.Adapter.Agreements;

/// <summary>What makes a document count as put in force by the responsible person.</summary>
internal enum AgreementProof
{
    /// <summary>Its SHA-256 is in the host's list, or a detached signature by a named certificate lies beside it. The default.</summary>
    PinnedOrSigned,

    /// <summary>Its SHA-256 is in the host's list.</summary>
    Pinned,

    /// <summary>A detached signature by a named certificate lies beside it.</summary>
    Signed,

    /// <summary>Every document in the folder counts. For the sandbox, which writes the folder itself.</summary>
    Folder,
}
