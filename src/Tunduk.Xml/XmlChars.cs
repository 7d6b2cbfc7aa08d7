using System.Buffers;
using System.Text;

namespace Tunduk.Xml;

/// <summary>Character classes of XML 1.0 (fifth edition) §2.2 and §2.3 over UTF-8.</summary>
internal static class XmlChars
{
    /// <summary>Control characters that may not occur, neither written nor by reference.</summary>
    public static readonly SearchValues<byte> ForbiddenControls = SearchValues.Create(
        0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);

    /// <summary>What makes an attribute's value differ from its bytes.</summary>
    public static readonly SearchValues<byte> AttributeSpecials = SearchValues.Create("&\t\r\n"u8);

    private const byte NameStartFlag = 1;
    private const byte NameFlag = 2;
    private const byte WideFlag = 4;
    private static readonly byte[] Classes = BuildClasses();

    public static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    public static bool IsWhiteSpace(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    /// <summary>XML 1.0 §2.2 Char.</summary>
    public static bool IsChar(int c) =>
        c is 0x9 or 0xA or 0xD or (>= 0x20 and <= 0xD7FF) or (>= 0xE000 and <= 0xFFFD) or (>= 0x10000 and <= 0x10FFFF);

    /// <summary>Length of the NCName at the start of <paramref name="source"/>; 0 if none begins there.</summary>
    public static int NcNameLength(ReadOnlySpan<byte> source)
    {
        int i = 0;
        byte wanted = NameStartFlag;
        while (i < source.Length)
        {
            byte flags = Classes[source[i]];
            if ((flags & wanted) != 0)
            {
                i++;
            }
            else if ((flags & WideFlag) != 0)
            {
                if (Rune.DecodeFromUtf8(source[i..], out Rune rune, out int length) != OperationStatus.Done
                    || !(IsWideNameStart(rune.Value) || (i > 0 && IsWideNameOnly(rune.Value))))
                {
                    return i;
                }

                i += length;
            }
            else
            {
                return i;
            }

            wanted = NameFlag;
        }

        return i;
    }

    private static bool IsWideNameStart(int c) =>
        c is (>= 0xC0 and <= 0xD6) or (>= 0xD8 and <= 0xF6) or (>= 0xF8 and <= 0x2FF) or (>= 0x370 and <= 0x37D)
            or (>= 0x37F and <= 0x1FFF) or 0x200C or 0x200D or (>= 0x2070 and <= 0x218F) or (>= 0x2C00 and <= 0x2FEF)
            or (>= 0x3001 and <= 0xD7FF) or (>= 0xF900 and <= 0xFDCF) or (>= 0xFDF0 and <= 0xFFFD) or (>= 0x10000 and <= 0xEFFFF);

    private static bool IsWideNameOnly(int c) => c is 0xB7 or (>= 0x300 and <= 0x36F) or 0x203F or 0x2040;

    private static byte[] BuildClasses()
    {
        byte[] classes = new byte[256];
        for (int c = 0; c < 256; c++)
        {
            bool start = c is (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') or '_';
            bool name = start || c is (>= '0' and <= '9') or '-' or '.';
            classes[c] = (byte)((start ? NameStartFlag : 0) | (name ? NameFlag : 0) | (c >= 0x80 ? WideFlag : 0));
        }

        return classes;
    }
}
