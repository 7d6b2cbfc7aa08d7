using System.Buffers.Binary;
using System.IO.Compression;

namespace Tunduk.Adapter.Sandbox.Register;

/// <summary>A small valid PNG (RFC 2083) with a drawn face in invented colours: a photo of nobody.</summary>
internal static class InventedPhoto
{
    private const int Side = 32;

    public static byte[] Draw(InventedSequence sequence)
    {
        byte[] palette = new byte[9];
        for (int i = 0; i < palette.Length; i++)
        {
            palette[i] = (byte)(64 + sequence.Next(192));
        }

        byte[] rows = new byte[Side * (Side + 1)];
        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
            {
                int fromCentre = ((x - 16) * (x - 16)) + ((y - 14) * (y - 14));
                bool eye = y == 12 && x is 12 or 20;
                rows[(y * (Side + 1)) + 1 + x] = (byte)(eye || y > 26 ? 2 : fromCentre < 90 ? 1 : 0);
            }
        }

        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Side);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Side);
        header[8] = 8; // bits a sample
        header[9] = 3; // indexed colour
        Chunk(png, "IHDR"u8, header);
        Chunk(png, "PLTE"u8, palette);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(rows);
        }

        Chunk(png, "IDAT"u8, packed.ToArray());
        Chunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static void Chunk(Stream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(type);
        png.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), data));
        png.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return crc;
    }
}
