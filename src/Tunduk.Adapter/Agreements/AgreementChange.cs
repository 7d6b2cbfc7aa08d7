namespace Tunduk.Adapter.Agreements;

/// <summary>What a reading of the folder changed for a document.</summary>
internal enum AgreementChangeKind
{
    /// <summary>A text counts that did not count before.</summary>
    PutInForce,

    /// <summary>The file is gone.</summary>
    Withdrawn,

    /// <summary>The file is broken or refused; its last good text stays.</summary>
    KeptLastGood,

    /// <summary>The file is broken or refused, and nothing stands in for it.</summary>
    Blocked,

    /// <summary>The exchange was stopped.</summary>
    Suspended,

    /// <summary>The stop was lifted.</summary>
    Resumed,
}

/// <summary>One line for the archive: which text came to count, or ceased to, and who vouches for it.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="File">The document; empty for suspensions.</param>
/// <param name="Agreement">Id, where it is known.</param>
/// <param name="Version">Version, where it is known.</param>
/// <param name="Digest">Digest of the text that counts now, or counted until now.</param>
/// <param name="By">Who vouches for it or ordered it.</param>
internal sealed record AgreementChange(AgreementChangeKind Kind, string File, string? Agreement, int? Version, AgreementDigest? Digest, string? By);
