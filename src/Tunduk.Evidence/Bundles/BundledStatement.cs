namespace Tunduk.Evidence.Bundles;

/// <summary>A field as the exporter states it at a depth that shows no value: the manifest's signature is all that stands behind it.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Presence"><c>present</c>, <c>null</c> or <c>removed</c>.</param>
/// <param name="Masked">The value with all but its ends hidden; absent at depth <c>names</c>.</param>
public sealed record BundledStatement(string Path, string Presence, string? Masked = null);
