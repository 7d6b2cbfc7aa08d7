namespace Tunduk.Adapter.Filtering;

/// <summary>
/// Tells that content is not of the type it is said to be, by the first bytes of common types. A type that is not known
/// here is believed.
/// </summary>
internal static class MediaSignature
{
    private static readonly (string Type, byte[][] Beginnings)[] Known =
    [
        ("image/jpeg", [[0xFF, 0xD8, 0xFF]]),
        ("image/png", [[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]]),
        ("image/gif", ["GIF87a"u8.ToArray(), "GIF89a"u8.ToArray()]),
        ("image/tiff", [[(byte)'I', (byte)'I', 0x2A, 0x00], [(byte)'M', (byte)'M', 0x00, 0x2A]]),
        ("image/bmp", ["BM"u8.ToArray()]),
        ("image/jp2", [[0x00, 0x00, 0x00, 0x0C, (byte)'j', (byte)'P', (byte)' ', (byte)' ']]),
        ("application/pdf", ["%PDF-"u8.ToArray()]),
        ("application/zip", [[(byte)'P', (byte)'K', 0x03, 0x04], [(byte)'P', (byte)'K', 0x05, 0x06]]),
        ("application/gzip", [[0x1F, 0x8B]]),
    ];

    /// <summary>False where the content is of another type for certain. Empty content and types without a signature fit.</summary>
    public static bool Fits(string type, ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty)
        {
            return true;
        }

        foreach ((string name, byte[][] beginnings) in Known)
        {
            if (name != type)
            {
                continue;
            }

            foreach (byte[] beginning in beginnings)
            {
                if (head.StartsWith(beginning))
                {
                    return true;
                }
            }

            return false;
        }

        return true;
    }
}
