namespace Tunduk.Adapter.Agreements;

/// <summary>A text that counted, with the signature that lay beside it; without a document: the file is gone.</summary>
internal sealed record LastGoodText(string File, AgreementDigest Digest, byte[]? Document, byte[]? Signature);
