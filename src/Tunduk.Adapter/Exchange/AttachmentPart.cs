namespace Tunduk.Adapter.Exchange;

/// <summary>What the agreement judges an attachment by.</summary>
/// <param name="ContentId">Its Content-ID without angle brackets; null without one.</param>
/// <param name="FileName">Its file name; null without one.</param>
/// <param name="MediaType">Its media type in lower case, without parameters.</param>
/// <param name="Bytes">Its size after transfer decoding; null while it is not known.</param>
/// <param name="Head">Its first bytes (<see cref="AttachmentPolicy.HeadBytes"/>), so that a type that it is not can be told; empty: it has none, or they are not known.</param>
internal sealed record AttachmentPart(string? ContentId, string? FileName, string MediaType, long? Bytes, ReadOnlyMemory<byte> Head)
{
    /// <summary>The name that a reader of the older form (<c>filename</c>) sees where it is another; null where it is none.</summary>
    public string? OtherFileName { get; init; }
}
