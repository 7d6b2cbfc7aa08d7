using Tunduk.Adapter.Exchange;
using Tunduk.Evidence.Http;
using Tunduk.XRoad.Attachments;

namespace Tunduk.Adapter.Attachments;

/// <summary>One attachment, held on disk.</summary>
/// <param name="Headers">Its MIME headers.</param>
/// <param name="Position">Where its content begins in the spool file.</param>
/// <param name="Length">Bytes as they travel.</param>
/// <param name="DecodedLength">Bytes after transfer decoding.</param>
/// <param name="Sha256">Digest of the transfer-decoded content.</param>
/// <param name="Head">First bytes of the transfer-decoded content, by which its type can be told; empty for an empty one.</param>
internal sealed record SpooledPart(PartHeaders Headers, long Position, long Length, long DecodedLength, ReadOnlyMemory<byte> Sha256, ReadOnlyMemory<byte> Head)
{
    /// <summary>Headers under which it goes on; null: its own.</summary>
    public PartHeaders? Outgoing { get; init; }

    /// <summary>Content-ID, or an empty text for a part without one.</summary>
    public string ContentId => Headers.ContentId ?? "";

    /// <summary>Its Content-Type in the one spelling that a signature covers.</summary>
    public string SpelledType => HttpContentType.TryCanonicalize(Headers["Content-Type"] ?? "", out var spelled) ? spelled : Headers.ContentType.ToString();

    /// <inheritdoc cref="PartHeaders.FileName"/>
    public string? FileName => Headers.FileName;

    /// <summary>What an agreement judges it by.</summary>
    public AttachmentPart Judged => new(Headers.ContentId, FileName, Headers.ContentType.Type, DecodedLength, Head) { OtherFileName = Headers.OtherFileName };

    /// <summary>The headers under which it is handed on.</summary>
    public PartHeaders Shown => Outgoing ?? Headers;
}
