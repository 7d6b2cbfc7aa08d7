namespace Tunduk.Adapter.Agreements;

/// <summary>An attachment that may pass; what no rule names does not.</summary>
/// <param name="Side"><c>request</c> or <c>response</c>.</param>
/// <param name="Name">File name or Content-ID, exact; <c>*</c> for any.</param>
/// <param name="Types">Media types it may have, in lower case.</param>
/// <param name="MaxBytes">Largest size in bytes; null: not limited here.</param>
internal sealed record AttachmentRule(string Side, string Name, IReadOnlyList<string> Types, long? MaxBytes);
