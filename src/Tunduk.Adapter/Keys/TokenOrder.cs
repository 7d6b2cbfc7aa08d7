namespace Tunduk.Adapter.Keys;

/// <summary>What the helper for tokens is to open or to make. It goes through a pipe alone: the PIN stands in no argument, variable or file.</summary>
/// <param name="Uri">The key.</param>
/// <param name="Library">The PKCS#11 library.</param>
/// <param name="Pin">The PIN.</param>
/// <param name="RsaBits">New key: bits of RSA; 0 for a curve.</param>
/// <param name="Curve">New key: DER of the curve's object identifier.</param>
internal sealed record TokenOrder(string Uri, string Library, string? Pin, int RsaBits = 0, byte[]? Curve = null);
