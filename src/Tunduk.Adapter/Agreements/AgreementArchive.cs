namespace Tunduk.Adapter.Agreements;

/// <summary>What the archive keeps of a message (ARCHIVE.md, content modes).</summary>
internal enum ArchiveContent
{
    /// <summary>The message after filtering. The default.</summary>
    Filtered,

    /// <summary>The exact signed bytes, in a part only depth <c>evidence</c> opens.</summary>
    AsReceived,

    /// <summary>Nothing of the content.</summary>
    None,
}

/// <summary>The archive rules of an agreement.</summary>
/// <param name="Content">What is kept of each message.</param>
/// <param name="Retain">Kept at least this long (years, months, days as written); null: the owner's archiving list decides. Nothing is purged before a term was confirmed.</param>
/// <param name="ConfirmedBy">Who confirmed the term.</param>
/// <param name="Basis">On what ground.</param>
/// <param name="KeepFailed">A message whose signature, hash or echo failed is kept sealed at depth <c>evidence</c>.</param>
internal sealed record AgreementArchive(ArchiveContent Content, RetentionTerm? Retain, string? ConfirmedBy, string? Basis, bool KeepFailed)
{
    public static readonly AgreementArchive Default = new(ArchiveContent.Filtered, null, null, null, KeepFailed: false);
}
