namespace Tunduk.Evidence.Soap;

/// <summary>A part of the message that a signature covers.</summary>
/// <param name="Name"><c>Body</c>, <c>Timestamp</c> or <c>Exchange</c>.</param>
/// <param name="CanonicalLength">Bytes of its canonical form.</param>
/// <param name="DigestAlgorithm">Hash, for example <c>SHA256</c>.</param>
public readonly record struct SoapCoveredPart(string Name, int CanonicalLength, string DigestAlgorithm);
