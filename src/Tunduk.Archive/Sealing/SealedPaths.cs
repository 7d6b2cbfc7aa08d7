namespace Tunduk.Archive.Sealing;

/// <summary>What the paths of sealed values say about them.</summary>
internal static class SealedPaths
{
    private static readonly IndexKind[] Persons = [IndexKind.Pin, IndexKind.Tin, IndexKind.Document, IndexKind.Plate];
    private static readonly IndexKind[] User = [IndexKind.UserId];
    private static readonly IndexKind[] Basis = [IndexKind.Basis];
    /// <summary>As which kind the path of a removed value was indexed.</summary>
    public static readonly IReadOnlyList<IndexKind> Removed = [IndexKind.Removed];

    private static readonly IndexKind[] Message = [IndexKind.MessageId];

    /// <summary>
    /// Facts that are computed over fields of the message (<c>$digest/…</c>, <c>$signature/…</c>): none of them may stay when a field goes, because a
    /// short value can be found by trying.
    /// </summary>
    public static bool IsDigest(string path) =>
        path.StartsWith("$digest/", StringComparison.Ordinal) || path.StartsWith("$signature/", StringComparison.Ordinal);

    /// <summary>As which kinds a value at this path may have been indexed.</summary>
    public static IReadOnlyList<IndexKind> KindsOf(string path) => path switch
    {
        "$userId" => User,
        "$issue" => Basis,
        "$messageId" => Message,
        _ when path.StartsWith('$') => [],
        _ => Persons,
    };
}
