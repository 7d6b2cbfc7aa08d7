using Microsoft.AspNetCore.Http;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>Reads a request body whole, without a copy where its length is announced.</summary>
internal static class BodyReader
{
    private const int LargestTrustedLength = 1024 * 1024;

    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength is >= 0 and <= LargestTrustedLength)
        {
            byte[] exact = new byte[request.ContentLength.Value];
            await request.Body.ReadExactlyAsync(exact, cancellationToken);
            return exact;
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        return body.GetBuffer().AsMemory(0, checked((int)body.Length));
    }
}
