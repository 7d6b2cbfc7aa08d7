namespace Tunduk.Evidence.Soap;

/// <summary>An attachment by its digest over the transfer-decoded bytes, and by what its headers say of it.</summary>
/// <param name="ContentId">Content-ID without angle brackets; once in a message.</param>
/// <param name="Sha256">SHA-256, 32 bytes.</param>
/// <param name="Type">
/// Its Content-Type as <see cref="Http.HttpContentType"/> spells it. Null in a signature: its maker covers neither type nor file
/// name, and the result says so. What this project signs has it.
/// </param>
/// <param name="FileName">Its file name, decoded; null for none. Covered where <paramref name="Type"/> is.</param>
public readonly record struct SoapAttachmentDigest(string ContentId, ReadOnlyMemory<byte> Sha256, string? Type = null, string? FileName = null);
