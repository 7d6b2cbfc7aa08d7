using System.Buffers;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.SecurityServers;

/// <summary>Reads a body that may be hostile in length.</summary>
internal static class BoundedBody
{
    /// <summary>The whole body, or null when it is longer than <paramref name="most"/> bytes, or there is no room for it.</summary>
    /// <exception cref="IOException">The connection closed before the announced end.</exception>
    public static async ValueTask<byte[]?> ReadAsync(HttpContent content, int most, BodyBudget.Share? share, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength is { } announced && announced > most)
        {
            return null;
        }

        var stream = await content.ReadAsStreamAsync(cancellationToken);
        await using (stream)
        {
            return await ReadAsync(stream, content.Headers.ContentLength, most, share, cancellationToken);
        }
    }

    /// <summary>The whole stream, or null when it is longer than <paramref name="most"/> bytes.</summary>
    public static ValueTask<byte[]?> ReadAsync(Stream stream, long? announced, int most, CancellationToken cancellationToken) =>
        ReadAsync(stream, announced, most, share: null, cancellationToken);

    /// <summary>The same within what all bodies may take; null also where there is no room for it.</summary>
    public static async ValueTask<byte[]?> ReadAsync(Stream stream, long? announced, int most, BodyBudget.Share? share, CancellationToken cancellationToken)
    {
        if (announced > most)
        {
            return null;
        }

        // An announced length is a claim: memory grows with what arrives, not with what was promised.
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(announced ?? 8192, 1024, 64 * 1024));
        try
        {
            var length = 0;
            while (true)
            {
                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
                    buffer = larger;
                }

                var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
                if (read == 0)
                {
                    return buffer.AsSpan(0, length).ToArray();
                }

                length += read;
                if (length > most || share?.TryTake(read) == false)
                {
                    return null;
                }
            }
        }
        finally
        {
            // Personal data: not left in a pool for the next renter.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }
}
