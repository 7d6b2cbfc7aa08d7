namespace Tunduk.Evidence.Bundles;

/// <summary>The result of checking an archived message again.</summary>
/// <param name="State">What the signature is worth.</param>
/// <param name="Code">Why it failed; empty otherwise.</param>
/// <param name="Certificate">Verified: the signer's certificate (DER).</param>
public sealed record ArchivedMessageVerdict(ArchivedMessageState State, string Code = "", ReadOnlyMemory<byte> Certificate = default);
