using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Writing;

/// <summary>What the writer has acknowledged: published as one value after each commit.</summary>
internal sealed record AckedState(LogId Log, string Origin, long Size, LogHash Root, DateTimeOffset LastTime, int OpenRequests, ArchiveFault? Refusing, long FreeBytes);
