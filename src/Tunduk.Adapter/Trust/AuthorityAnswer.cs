namespace Tunduk.Adapter.Trust;

/// <summary>What an authority's address answered: bytes, or why there are none in a few words without anything of the answer.</summary>
internal readonly record struct AuthorityAnswer(byte[]? Body, string? Fault);
