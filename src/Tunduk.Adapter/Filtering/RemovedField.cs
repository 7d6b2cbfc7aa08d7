namespace Tunduk.Adapter.Filtering;

/// <summary>
/// A field that did not pass, by name. Where neither contract nor agreement knows the name, the path is that of the
/// parent with <see cref="Unlisted"/>: an unknown name may itself be data.
/// </summary>
/// <param name="Path">Path from the content of the operation element.</param>
/// <param name="Count">How many times it occurred.</param>
/// <param name="Blanked">The field stayed without its value.</param>
internal readonly record struct RemovedField(string Path, int Count, bool Blanked)
{
    /// <summary>Stands where a name is not told.</summary>
    public const string Unlisted = "(unlisted)";
}
