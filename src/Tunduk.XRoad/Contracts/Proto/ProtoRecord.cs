using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Tunduk.XRoad.Contracts.Proto;

/// <summary>One field as it stands on the wire.</summary>
/// <param name="Index">Of the field in its message; -1 when the message has no such number.</param>
/// <param name="Number">As given.</param>
/// <param name="Wire">How the value stands there.</param>
/// <param name="Scalar">The value of a varint or fixed field.</param>
/// <param name="Start">Where the bytes of a length-delimited field begin.</param>
/// <param name="Length">How many they are.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProtoRecord(int Index, int Number, ProtoWire Wire, ulong Scalar, int Start, int Length)
{
    /// <summary>Reads the records of one message; false when the bytes are no message.</summary>
    public static bool TryRead(ReadOnlySpan<byte> wire, int start, int length, ProtoMessage message, List<ProtoRecord> records)
    {
        var end = start + length;
        var at = start;
        while (at < end)
        {
            if (!TryVarint(wire[..end], ref at, out var tag) || tag >> 3 is 0 or > (1 << 29) - 1)
            {
                return false;
            }

            var number = (int)(tag >> 3);
            var type = (ProtoWire)(tag & 7);
            ulong scalar = 0;
            var size = 0;
            switch (type)
            {
                case ProtoWire.Varint:
                    if (!TryVarint(wire[..end], ref at, out scalar))
                    {
                        return false;
                    }

                    break;
                case ProtoWire.Fixed32 when end - at >= 4:
                    scalar = BinaryPrimitives.ReadUInt32LittleEndian(wire[at..]);
                    at += 4;
                    break;
                case ProtoWire.Fixed64 when end - at >= 8:
                    scalar = BinaryPrimitives.ReadUInt64LittleEndian(wire[at..]);
                    at += 8;
                    break;
                case ProtoWire.Bytes:
                    if (!TryVarint(wire[..end], ref at, out var given) || given > (ulong)(end - at))
                    {
                        return false;
                    }

                    size = (int)given;
                    at += size;
                    break;
                default:
                    return false;
            }

            records.Add(new ProtoRecord(message.IndexOf(number), number, type, scalar, at - size, size));
        }

        return true;
    }

    /// <summary>Reads a varint of at most ten bytes.</summary>
    public static bool TryVarint(ReadOnlySpan<byte> wire, ref int at, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 70 && at < wire.Length; shift += 7)
        {
            var next = wire[at++];
            if (shift == 63 && next > 1)
            {
                return false;
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
