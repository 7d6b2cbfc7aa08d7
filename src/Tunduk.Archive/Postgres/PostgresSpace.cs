using Tunduk.Archive.Files;
using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Postgres;

/// <summary>
/// Room of the database: what is left of the capacity the owner gave it, and of the volume of a server that runs on this host and says where its data
/// are. Nothing is taken from the volume for the ends of requests: the reserve bounds the open requests.
/// </summary>
/// <remarks>LIMIT: over SQL nobody can ask for the room on another host's volume: without a capacity its end is known when the server says so (53100).</remarks>
internal sealed class PostgresSpace(long? capacity, long limit, TimeProvider time) : ISpace
{
    private const long NoCapacity = -1;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private long most = capacity ?? NoCapacity;
    private PostgresDb? writer;
    private string? volume;
    private long measuredAt;
    private long known = long.MaxValue;

    public long FreeBytes() => Interlocked.Read(ref known);

    /// <summary>The writer's connection from now on; null: it is closed.</summary>
    public void Attach(PostgresDb? db)
    {
        writer = db;
        volume = db is null ? null : Volume(db);
        measuredAt = 0;
    }

    /// <summary>Another capacity; null: none.</summary>
    public void Take(long? changed) => Interlocked.Exchange(ref most, changed ?? NoCapacity);

    public long Measure()
    {
        if (writer is { } db && (measuredAt == 0 || time.GetElapsedTime(measuredAt) >= Interval))
        {
            measuredAt = time.GetTimestamp();
            long free = Interlocked.Read(ref most) is var bytes and not NoCapacity ? Math.Max(0, bytes - db.Query("SELECT pg_database_size(current_database())", static row => row.GetInt64(0))[0]) : long.MaxValue;
            Interlocked.Exchange(ref known, volume is null ? free : Math.Min(free, OfVolume(volume)));
        }

        return FreeBytes();
    }

    public bool Ensure(long bytes) => bytes <= limit;

    public bool Release() => false;

    // A socket's path is of this host; where the data are, only some are told.
    private static string? Volume(PostgresDb db)
    {
        if (db.Connection.Host is not { } host || !Path.IsPathRooted(host))
        {
            return null;
        }

        try
        {
            return db.Query("SHOW data_directory", static row => row.GetString(0)) is [var folder] && OfVolume(folder) < long.MaxValue ? folder : null;
        }
        catch (StoreException)
        {
            return null;
        }
    }

    private static long OfVolume(string folder)
    {
        try
        {
            return LocalVolume.FreeBytes(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return long.MaxValue; // in another container, say
        }
    }
}
