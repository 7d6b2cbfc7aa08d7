using System.Globalization;
using Npgsql;
using Tunduk.Archive;
using Tunduk.Archive.Postgres;
using Tunduk.Archive.Sqlite;
using Tunduk.Archive.Tests.Postgres;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Benchmarks.Archive;

/// <summary>
/// Where the runs of a measurement happen: a fresh place for each, empty or with a copy of the filled archive; or one archive that is kept
/// from one measurement to the next and only grows by what the runs append.
/// </summary>
internal sealed class ArchivePlaces(string root, PostgresServer? server, int prefill, KeptArchive? kept = null) : IDisposable
{
    private readonly ArchiveBenchmark.Signer signer = new(kept?.KeyFile);
    private int number;
    private Place? original;

    /// <summary>One place.</summary>
    internal sealed record Place(string Folder, PostgresOptions? Database)
    {
        public ArchiveOptions Options => ArchiveBenchmark.Options(Folder);
    }

    public async Task FillAsync()
    {
        if (prefill == 0 && kept is null)
        {
            return;
        }

        if (kept is not null)
        {
            await kept.FillAsync(this, prefill);
            return;
        }

        original = Fresh();
        await SearchFill.FillAsync(this, original, prefill);
    }

    /// <summary>A place nobody used, or the one that is kept.</summary>
    public Place Next()
    {
        Place next = Made();
        server?.Checkpoint(); // of what was done before, and of the copy
        return next;
    }

    private Place Made()
    {
        if (kept is not null)
        {
            return kept.Place;
        }

        if (original is null)
        {
            return Fresh();
        }

        NpgsqlConnection.ClearAllPools();
        Place place = Fresh(original.Database is null ? "template1" : new NpgsqlConnectionStringBuilder(original.Database.ConnectionString).Database!);
        foreach (string file in Directory.EnumerateFiles(original.Folder, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(place.Folder, Path.GetRelativePath(original.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return place;
    }

    public async Task<IArchive> OpenAsync(Place place, TimeProvider? time = null, ICheckpointSigner? by = null)
    {
        ArchiveOpening opening = place.Database is null
            ? await SqliteArchive.OpenAsync(place.Options, by ?? signer, time ?? TimeProvider.System, default)
            : await PostgresArchive.OpenAsync(place.Options, place.Database, by ?? signer, time ?? TimeProvider.System, default);
        return opening.Archive ?? throw new InvalidOperationException(opening.Fault!.Detail);
    }

    /// <summary>The writer of the place's store, not opened.</summary>
    public static (ILogStore Writer, IDisposable Store) Writer(Place place, SqliteSettings? settings = null)
    {
        if (place.Database is null)
        {
            SqliteStore sqlite = new(place.Options.Folder, settings: settings);
            return (sqlite.NewWriter(), sqlite);
        }

        PostgresStore postgres = PostgresStore.Make(place.Database, TimeProvider.System);
        return (postgres.NewWriter(), postgres);
    }

    public void Leave(Place place)
    {
        if (place != kept?.Place)
        {
            Directory.Delete(place.Folder, recursive: true);
        }
    }

    public void Dispose() => signer.Dispose();

    private Place Fresh(string copyOf = "template1") => new(
        Directory.CreateDirectory(Path.Combine(root, (server is null ? "s" : "p") + (number++).ToString(CultureInfo.InvariantCulture))).FullName,
        server is null ? null : new PostgresOptions { ConnectionString = server.NewDatabase(copyOf), Instance = "bench" });
}
