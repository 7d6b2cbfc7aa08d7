namespace Tunduk.Adapter.Agreements;

/// <summary>Why a document that speaks about a key does not count; the strongest reason first.</summary>
internal enum AgreementBlock
{
    /// <summary>Two documents speak for the same key and days.</summary>
    Conflict,

    /// <summary>The document has faults.</summary>
    Faults,

    /// <summary>Its version is one that another text had, or an older one.</summary>
    Version,

    /// <summary>The document is sound, and neither pinned nor signed.</summary>
    NotVouchedFor,
}
