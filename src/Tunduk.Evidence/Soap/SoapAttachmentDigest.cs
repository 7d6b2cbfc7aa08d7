namespace Tunduk.Evidence.Soap;

/// <summary>An attachment by its digest over the transfer-decoded bytes.</summary>
/// <param name="ContentId">Content-ID without angle brackets; once in a message.</param>
/// <param name="Sha256">SHA-256, 32 bytes.</param>
public readonly record struct SoapAttachmentDigest(string ContentId, ReadOnlyMemory<byte> Sha256);
