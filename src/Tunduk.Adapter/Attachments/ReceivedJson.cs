namespace Tunduk.Adapter.Attachments;

/// <summary>JSON and what came along with it.</summary>
/// <param name="Json">The JSON, unread.</param>
/// <param name="Attachments">The attachments; null for none. Whoever takes it disposes them.</param>
internal sealed record ReceivedJson(ReadOnlyMemory<byte> Json, MultipartMessage? Attachments);
