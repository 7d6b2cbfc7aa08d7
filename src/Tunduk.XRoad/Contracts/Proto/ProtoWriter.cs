using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace Tunduk.XRoad.Contracts.Proto;

/// <summary>Writes the wire form of protocol buffers (protobuf.dev, "Encoding") into one growing array.</summary>
internal sealed class ProtoWriter : IDisposable
{
    private byte[] bytes = ArrayPool<byte>.Shared.Rent(1024);
    private int length;

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, length);

    public void Tag(int field, ProtoWire type) => Varint(((ulong)(uint)field << 3) | (uint)type);

    public void Varint(ulong value)
    {
        Reserve(10);
        while (value >= 0x80)
        {
            bytes[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        bytes[length++] = (byte)value;
    }

    public void Fixed32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Reserve(4), value);
        length += 4;
    }

    public void Fixed64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8), value);
        length += 8;
    }

    public void Raw(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Reserve(value.Length));
        length += value.Length;
    }

    /// <summary>Room to be written by the caller, who then says how much of it was used.</summary>
    public Span<byte> Reserve(int size)
    {
        if (bytes.Length - length < size)
        {
            var larger = ArrayPool<byte>.Shared.Rent(checked(Math.Max(bytes.Length * 2, length + size)));
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(bytes);
            bytes = larger;
        }

        return bytes.AsSpan(length);
    }

    public void Advance(int count) => length += count;

    /// <summary>Begins something with a length before it; give the result to <see cref="End"/>.</summary>
    public int Begin()
    {
        Reserve(1);
        return length++;
    }

    /// <summary>Puts the length before what was written since; it moves by the few bytes that a long length takes more.</summary>
    public void End(int begin)
    {
        var size = (uint)(length - begin - 1);
        var more = BitOperations.Log2(size | 1) / 7;
        if (more > 0)
        {
            Reserve(more);
            bytes.AsSpan(begin + 1, (int)size).CopyTo(bytes.AsSpan(begin + 1 + more));
            length += more;
        }

        for (var i = begin; ; i++)
        {
            bytes[i] = (byte)(size >= 0x80 ? size | 0x80 : size);
            if ((size >>= 7) == 0)
            {
                return;
            }
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(bytes, clearArray: true);
}
