namespace Tunduk.Adapter.Reading;

/// <summary>A person searched for.</summary>
/// <param name="Kind"><c>pin</c>, <c>tin</c>, <c>document</c> or <c>plate</c>.</param>
/// <param name="Value">The value; it is archived sealed and stands in no log.</param>
internal sealed record ArchivePerson(string Kind, string Value);
