namespace Tunduk.Evidence.Bundles;

/// <summary>A file of a bundle as its manifest names it.</summary>
/// <param name="Name">One of <see cref="BundleFormat.Files"/>.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its SHA-256, 64 lower-case hexadecimal digits.</param>
public sealed record BundledFile(string Name, long Bytes, string Sha256);
