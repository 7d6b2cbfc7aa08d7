using Tunduk.Evidence.Http;

namespace Tunduk.Adapter.Signing;

/// <summary>A REST message of ours, signed.</summary>
/// <param name="SignatureHeaders">Headers to set in place of those of the same name; empty when detached.</param>
/// <param name="SignatureBase">What was signed (RFC 9421 §2.5); kept beside a detached signature.</param>
/// <param name="Detached">CMS signature over <paramref name="SignatureBase"/>; empty when embedded.</param>
/// <param name="SignatureValue">The embedded signature's value, to which an answer is bound; empty when detached.</param>
/// <param name="Key">The key.</param>
internal sealed record SignedRestMessage(
    IReadOnlyList<HttpHeaderField> SignatureHeaders,
    ReadOnlyMemory<byte> SignatureBase,
    ReadOnlyMemory<byte> Detached,
    ReadOnlyMemory<byte> SignatureValue,
    SigningKey Key);
