namespace Tunduk.Evidence.Log;

/// <summary>Facts about an entry that are either so or not.</summary>
[Flags]
public enum EntryFlags
{
    None = 0,

    /// <summary>The caller was known by network address alone.</summary>
    CallerByAddress = 1,

    /// <summary>The caller was not authenticated (a named setting allowed it).</summary>
    CallerUnauthenticated = 2,

    /// <summary>A field that was required by the rules but only recorded was missing: userId.</summary>
    UserIdAbsent = 4,

    /// <summary>As above: issue (the basis).</summary>
    BasisAbsent = 8,

    /// <summary>The message id had been seen from this client before.</summary>
    RepeatedMessageId = 16,

    /// <summary>The filter removed something.</summary>
    FieldsRemoved = 32,

    /// <summary>Sandbox identifiers and keys.</summary>
    Sandbox = 64,

    /// <summary>No authority answered whether the signer's certificate is revoked; the settings accepted it for a bounded time.</summary>
    RevocationUnanswered = 128,
}
