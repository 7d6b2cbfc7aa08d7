namespace Tunduk.Evidence.Bundles;

/// <summary>Reads lines ended by a line feed, each bounded; the last one must be ended too.</summary>
internal sealed class LineReader(Stream stream, int longest)
{
    private byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;

    /// <summary>The next line without its end, valid until the next call; null at the end of the file.</summary>
    public ReadOnlyMemory<byte>? Next()
    {
        int scanned = start;
        while (true)
        {
            int at = buffer.AsSpan(scanned, end - scanned).IndexOf((byte)'\n');
            if (at >= 0)
            {
                ReadOnlyMemory<byte> line = buffer.AsMemory(start, scanned + at - start);
                start = scanned + at + 1;
                return line;
            }

            scanned = Fill();
            if (scanned < 0)
            {
                return start == end ? null : throw new BundleFaultException("bundle_unreadable", Phrases.Of("Bundles.FileBundleEndsWithin"));
            }
        }
    }

    // Gives where new bytes begin; -1 at the end.
    private int Fill()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end == buffer.Length)
        {
            if (buffer.Length >= longest)
            {
                throw new BundleFaultException("line_too_long", Phrases.Of("Bundles.LineLongerThanBytes", longest));
            }

            Array.Resize(ref buffer, Math.Min(longest, buffer.Length * 2));
        }

        int read = stream.Read(buffer.AsSpan(end));
        int from = end;
        end += read;
        return read == 0 ? -1 : from;
    }
}
