using Tunduk.Adapter.Grants;

namespace Tunduk.Adapter.Reading;

/// <summary>Why somebody looks, under which grant and how deep; archived with the look.</summary>
internal record ArchiveAccess
{
    /// <summary>What the look is for. Mandatory.</summary>
    public string? Purpose { get; init; }

    /// <summary>Number of the case, if there is one.</summary>
    public string? Case { get; init; }

    /// <summary>Number of the grant; needed where several permit the look.</summary>
    public string? Grant { get; init; }

    /// <summary>How deep; the grant's depth when absent, but never <c>evidence</c> unasked.</summary>
    public GrantDepth? Depth { get; init; }

    /// <summary>Random characters that make an approval's digest tell nothing. Needed with <see cref="Approval"/>.</summary>
    public string? Nonce { get; init; }

    /// <summary>The second person's word, where the grant or the depth asks for one.</summary>
    public Approval? Approval { get; init; }
}
