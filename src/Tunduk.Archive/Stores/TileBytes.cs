using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Stores;

/// <summary>A full tile as stored: its hashes one after the other.</summary>
internal static class TileBytes
{
    /// <summary>The hashes of a full tile.</summary>
    /// <exception cref="StoreException">The bytes are no full tile.</exception>
    public static LogHash[] Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != LogTree.TileWidth * LogHash.Size)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Stores.TileLogDamaged"));
        }

        LogHash[] tile = new LogHash[LogTree.TileWidth];
        for (int i = 0; i < tile.Length; i++)
        {
            tile[i] = new LogHash(bytes.Slice(i * LogHash.Size, LogHash.Size));
        }

        return tile;
    }

    /// <summary>Pieces of a tile, one after the other.</summary>
    public static byte[] Join(IEnumerable<byte[]> pieces)
    {
        using MemoryStream joined = new(LogTree.TileWidth * LogHash.Size);
        foreach (byte[] piece in pieces)
        {
            joined.Write(piece);
        }

        return joined.ToArray();
    }

    public static byte[] Encode(LogHash[] tile)
    {
        byte[] bytes = new byte[tile.Length * LogHash.Size];
        for (int i = 0; i < tile.Length; i++)
        {
            tile[i].CopyTo(bytes.AsSpan(i * LogHash.Size));
        }

        return bytes;
    }
}
