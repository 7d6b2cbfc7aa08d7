using System.Diagnostics.CodeAnalysis;

namespace Tunduk.Archive;

/// <summary>The outcome of opening an archive: either the archive or the fault that stops the start.</summary>
public sealed record ArchiveOpening
{
    public IArchive? Archive { get; init; }
    public ArchiveFault? Fault { get; init; }

    /// <summary>Requests that recovery gave an outcome-unknown entry.</summary>
    public int Recovered { get; init; }

    [MemberNotNullWhen(true, nameof(Archive))]
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool Ok => Archive is not null;
}
