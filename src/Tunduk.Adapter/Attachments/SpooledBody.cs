using Tunduk.Evidence.Http;

namespace Tunduk.Adapter.Attachments;

/// <summary>A REST body too large for memory, held on disk; hashed while it came.</summary>
internal sealed class SpooledBody(SpoolFile file, long length, ReadOnlyMemory<byte> sha256, ReadOnlyMemory<byte> sha512, ReadOnlyMemory<byte> head) : IDisposable
{
    public long Length => length;

    public ReadOnlyMemory<byte> Sha256 => sha256;

    /// <summary>First bytes, by which its type can be told.</summary>
    public ReadOnlyMemory<byte> Head => head;

    /// <summary>As a signature covers it.</summary>
    public HttpBody Digests => HttpBody.OfDigests(length, sha256, sha512);

    /// <summary>Writes it; a reader that stands still ends it by the token of <paramref name="progress"/>.</summary>
    public async Task WriteAsync(Stream target, ProgressTimeout progress)
    {
        await file.ReadAsync(
            position: 0,
            length,
            async (piece, token) =>
            {
                await target.WriteAsync(piece, token);
                progress.Advance(piece.Length);
            },
            progress.Token);
        await target.FlushAsync(progress.Token);
    }

    public void Dispose() => file.Dispose();
}
