using System.Globalization;
using Tunduk.Archive;
using Tunduk.Archive.Tests.Postgres;

namespace Tunduk.Benchmarks.Archive;

/// <summary>
/// A large archive in a folder of its own (<c>--kept FOLDER</c>), filled once by <see cref="SearchFill"/> and used by every later measurement:
/// <c>FOLDER/sqlite</c>, <c>FOLDER/postgres</c>. One measurement of a store at a time.
/// </summary>
internal sealed class KeptArchive
{
    /// <summary>Its name on the server.</summary>
    public const string Database = "kept";

    private readonly PostgresServer? server;

    /// <summary>The archive of a store in this folder, there or not.</summary>
    public KeptArchive(string folder, PostgresServer? server)
    {
        this.server = server;
        string place = Directory.CreateDirectory(Path.Combine(folder, server is null ? "sqlite" : "postgres", "archive")).FullName;
        Place = new ArchivePlaces.Place(place, server is null ? null : new PostgresOptions { ConnectionString = server.ConnectionString(Database), Instance = "bench" });
    }

    public ArchivePlaces.Place Place { get; }

    /// <summary>The key that signs its checkpoints.</summary>
    public string KeyFile => Path.Combine(Place.Folder, "signer.key");

    private string Mark => Path.Combine(Place.Folder, "entries");

    /// <summary>Entries it was filled with; 0 where it was not.</summary>
    public int Entries => File.Exists(Mark) ? int.Parse(File.ReadAllText(Mark), CultureInfo.InvariantCulture) : 0;

    /// <summary>Where the server of the archives kept in this folder lives.</summary>
    public static string ServerFolder(string folder) => Directory.CreateDirectory(Path.Combine(Path.GetFullPath(folder), "postgres")).FullName + "/cluster";

    /// <summary>Fills it, unless that was done.</summary>
    /// <exception cref="InvalidOperationException">It holds another number of entries, or an earlier filling did not end.</exception>
    public async Task FillAsync(ArchivePlaces places, int entries)
    {
        if (Entries > 0)
        {
            if (entries > 0 && entries != Entries)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The kept archive was filled with {Entries} entries, not {entries}: remove its folder to fill it anew."));
            }

            return;
        }

        if (Directory.Exists(Place.Options.Folder) || Directory.Exists(Place.Options.HeadFolder))
        {
            throw new InvalidOperationException($"Filling {Place.Folder} did not end: remove it.");
        }

        server?.MakeDatabase(Database);
        await SearchFill.FillAsync(places, Place, entries);
        server?.Sql(Database, "VACUUM ANALYZE"); // as the server does by itself in the field
        await File.WriteAllTextAsync(Mark, entries.ToString(CultureInfo.InvariantCulture));
    }
}
