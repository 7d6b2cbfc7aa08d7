namespace Tunduk.Evidence.Bundles;

/// <summary>One thing that is wrong with a bundle, or that nobody vouches for.</summary>
/// <param name="Code">Stable token of the list in proto/BUNDLE-FORMAT.md §7.</param>
/// <param name="Detail">In words, without any value.</param>
/// <param name="Record">The record it is about; null for the bundle as a whole.</param>
/// <param name="Field">Path of the value, or position of the leaf, it is about.</param>
public sealed record BundleFinding(string Code, string Detail, string? Record = null, string? Field = null)
{
    /// <summary>One line for people.</summary>
    public override string ToString() => $"{Record ?? "bundle"}{(Field is null ? "" : " " + Field)}: {Code}: {Detail}";
}
