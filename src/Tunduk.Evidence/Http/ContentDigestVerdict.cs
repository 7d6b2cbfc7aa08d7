namespace Tunduk.Evidence.Http;

/// <summary>What a Content-Digest field says of the content.</summary>
public enum ContentDigestVerdict
{
    /// <summary>At least one digest was compared, and every one compared is right.</summary>
    Matches,

    /// <summary>No dictionary of byte sequences, or a digest of the wrong length.</summary>
    Malformed,

    /// <summary>An algorithm comes twice.</summary>
    Repeated,

    /// <summary>Only algorithms that are not known.</summary>
    Unknown,

    /// <summary>No algorithm of the list, and at least one that is too weak.</summary>
    Weak,

    /// <summary>The content is not the one described.</summary>
    Differs,
}
