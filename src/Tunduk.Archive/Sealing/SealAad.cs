using System.Buffers.Binary;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Sealing;

/// <summary>Associated data of everything that is encrypted (proto/ENTRY-FORMAT.md §4): a chunk fits only its own place.</summary>
internal static class SealAad
{
    public const int ChunkSize = LogId.Size + 16 + 4 + 4 + 1;
    public const int KeySize = LogId.Size + 16 + 4;

    /// <summary>log id ‖ seal id ‖ u32 part ‖ u32 chunk ‖ last mark. Part 0 is the values.</summary>
    public static void Chunk(Span<byte> to, LogId log, UInt128 seal, int part, int chunk, bool last)
    {
        log.CopyTo(to);
        BinaryPrimitives.WriteUInt128BigEndian(to[16..], seal);
        BinaryPrimitives.WriteInt32BigEndian(to[32..], part);
        BinaryPrimitives.WriteInt32BigEndian(to[36..], chunk);
        to[40] = last ? (byte)1 : (byte)0;
    }

    /// <summary>log id ‖ seal id ‖ u32 epoch.</summary>
    public static void Key(Span<byte> to, LogId log, UInt128 seal, int epoch)
    {
        log.CopyTo(to);
        BinaryPrimitives.WriteUInt128BigEndian(to[16..], seal);
        BinaryPrimitives.WriteInt32BigEndian(to[32..], epoch);
    }
}
