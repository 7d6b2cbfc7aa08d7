namespace Tunduk.Archive.Stores;

/// <summary>
/// Tiles of one log that proofs read, whole or as far as they went, so that the next proof does not read them again: at most 8 MiB.
/// Nothing that was once below a size changes; what should have changed in the database makes a proof from here that holds, or none.
/// Any thread.
/// </summary>
internal sealed class TileCache
{
    private const int Most = 512;
    private readonly Lock access = new();
    private readonly Dictionary<(int Level, long Number), KnownTile> tiles = [];

    /// <summary>The tile with its first hashes, so many at least; null where they are not known.</summary>
    public KnownTile? Find(int level, long number, int count)
    {
        lock (access)
        {
            return tiles.TryGetValue((level, number), out KnownTile? found) && found.Count >= count ? found : null;
        }
    }

    public void Keep(long number, KnownTile tile)
    {
        lock (access)
        {
            if (tiles.Count >= Most)
            {
                // Tiles of leaves serve a proof or two; those above them serve them all.
                foreach ((int Level, long Number) leaves in tiles.Keys.Where(static key => key.Level == 0).ToList())
                {
                    tiles.Remove(leaves);
                }

                if (tiles.Count >= Most)
                {
                    tiles.Clear();
                }
            }

            tiles[(tile.Level, number)] = tile;
        }
    }
}
