using System.Buffers;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Mapping;

/// <summary>
/// The XML being written. The last <see cref="MappingLimits.ReorderWindow"/> bytes stay here, so that members which
/// come late in JSON can be moved to their place; older bytes leave as they are.
/// </summary>
internal sealed class XmlOutput(Stream? stream, IBufferWriter<byte>? target, int window)
{
    // Bytes that must not stand in text as they are, and the lead byte of U+FFFE and U+FFFF.
    private static readonly SearchValues<byte> TextSpecial = SearchValues.Create([.. "&<>\r"u8, 0xEF]);
    private static readonly SearchValues<byte> AttributeSpecial = SearchValues.Create([.. "&<\"\r\n\t"u8, 0xEF]);

    private byte[] buffer = new byte[4096];
    private int length;
    private long flushed;

    /// <summary>Bytes written since the beginning.</summary>
    public long Position => flushed + length;

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        if (length + bytes.Length > buffer.Length)
        {
            Grow(bytes.Length);
        }

        bytes.CopyTo(buffer.AsSpan(length));
        length += bytes.Length;
    }

    public void Byte(byte value)
    {
        if (length == buffer.Length)
        {
            Grow(1);
        }

        buffer[length++] = value;
    }

    /// <summary>Writes UTF-8 text escaped as canonical XML has it; false at a character that XML 1.0 cannot carry.</summary>
    public bool Text(ReadOnlySpan<byte> utf8, bool attribute)
    {
        var special = attribute ? AttributeSpecial : TextSpecial;
        while (true)
        {
            var run = utf8.IndexOfAny(special);
            if (run < 0)
            {
                Raw(utf8);
                return true;
            }

            Raw(utf8[..run]);
            switch (utf8[run])
            {
                case (byte)'&':
                    Raw("&amp;"u8);
                    break;
                case (byte)'<':
                    Raw("&lt;"u8);
                    break;
                case (byte)'>':
                    Raw("&gt;"u8);
                    break;
                case (byte)'"':
                    Raw("&quot;"u8);
                    break;
                case (byte)'\r':
                    Raw("&#xD;"u8);
                    break;
                case (byte)'\n':
                    Raw("&#xA;"u8);
                    break;
                case (byte)'\t':
                    Raw("&#x9;"u8);
                    break;
                default:
                    if (utf8.Length >= run + 3 && utf8[run + 1] == 0xBF && utf8[run + 2] >= 0xBE)
                    {
                        return false;
                    }

                    Byte(utf8[run]);
                    break;
            }

            utf8 = utf8[(run + 1)..];
        }
    }

    /// <summary>Puts pieces that stand in the buffer from the first one's start to the end into another order; false when their beginning has left.</summary>
    public bool Reorder(ReadOnlySpan<Piece> pieces, ReadOnlySpan<int> order)
    {
        var start = pieces[0].Start;
        if (start < flushed)
        {
            return false;
        }

        var total = (int)(Position - start);
        var scratch = ArrayPool<byte>.Shared.Rent(total);
        var at = 0;
        foreach (var index in order)
        {
            var from = pieces[index].Start;
            var to = index + 1 < pieces.Length ? pieces[index + 1].Start : Position;
            buffer.AsSpan((int)(from - flushed), (int)(to - from)).CopyTo(scratch.AsSpan(at));
            at += (int)(to - from);
        }

        scratch.AsSpan(0, total).CopyTo(buffer.AsSpan((int)(start - flushed)));
        ArrayPool<byte>.Shared.Return(scratch, clearArray: true);
        return true;
    }

    /// <summary>Hands over everything.</summary>
    public void Complete()
    {
        Leave(length);
        stream?.Flush();
    }

    private void Grow(int need)
    {
        if (length > 2 * window)
        {
            Leave(length - window);
        }

        if (length + need > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + need));
        }
    }

    private void Leave(int count)
    {
        var leaving = buffer.AsSpan(0, count);
        if (stream is not null)
        {
            stream.Write(leaving);
        }
        else
        {
            target!.Write(leaving);
        }

        buffer.AsSpan(count, length - count).CopyTo(buffer);
        length -= count;
        flushed += count;
    }
}

/// <summary>A piece of an element's XML and its rank among its siblings.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct Piece(int Rank, long Start);
