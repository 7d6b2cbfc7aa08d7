namespace Tunduk.Adapter.Reading;

/// <summary>Erases what the owner's confirmed terms no longer ask for.</summary>
internal sealed record ArchivePurgeRequest : ArchiveAccess
{
    /// <summary>Do it; otherwise the answer says what would be done.</summary>
    public bool Execute { get; init; }
}
