using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tunduk.Adapter.Attachments;

/// <summary>
/// The attachments of one message on disk: AES-256-GCM in chunks of 64 KiB under a key that exists in this object alone, in
/// a file without a name (unlinked as soon as it is open), so that neither a crash nor a stolen disk leaves anything readable.
/// </summary>
/// <remarks>
/// Written once from the beginning to the end, then read any number of times. A chunk's number is its nonce, so none can be
/// moved or repeated; a key is never used for two files. Not safe for concurrent calls.
/// </remarks>
internal sealed class SpoolFile : IDisposable
{
    /// <summary>Bytes of content in one chunk.</summary>
    public const int ChunkSize = 64 * 1024;

    private const int TagSize = 16;
    private readonly SpoolQuota quota;
    private readonly string owner;
    private readonly FileStream file;
    private readonly AesGcm cipher;
    private readonly byte[] plain = ArrayPool<byte>.Shared.Rent(ChunkSize);
    private readonly byte[] sealedChunk = ArrayPool<byte>.Shared.Rent(ChunkSize + TagSize);
    private long chunks;
    private int pending;
    private long taken;
    private bool disposed;

    private SpoolFile(FileStream file, SpoolQuota quota, string owner)
    {
        this.file = file;
        this.quota = quota;
        this.owner = owner;
        Span<byte> key = stackalloc byte[32];
        RandomNumberGenerator.Fill(key);
        cipher = new AesGcm(key, TagSize);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>Where the next content will begin: each part begins a chunk of its own.</summary>
    public long Position => chunks;

    /// <summary>Opens a file without a name in a folder.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static SpoolFile Create(string folder, SpoolQuota quota, string owner)
    {
        var path = Path.Combine(folder, "tunduk-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(path, options);
        File.Delete(path);
        return new SpoolFile(file, quota, owner);
    }

    /// <summary>Adds content; false when the quota has no room left.</summary>
    public async ValueTask<bool> TryWriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        while (!content.IsEmpty)
        {
            var length = Math.Min(content.Length, ChunkSize - pending);
            content[..length].CopyTo(plain.AsMemory(pending));
            pending += length;
            content = content[length..];
            if (pending == ChunkSize && !await TryFlushAsync(cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Ends the part: what follows begins a new chunk.</summary>
    public ValueTask<bool> TryEndPartAsync(CancellationToken cancellationToken) =>
        pending == 0 ? ValueTask.FromResult(true) : TryFlushAsync(cancellationToken);

    /// <summary>Gives a part's content to <paramref name="sink"/> piece by piece, each authenticated before it is given.</summary>
    /// <param name="position">Chunk the part began at.</param>
    /// <param name="length">Bytes of the part.</param>
    /// <param name="sink">Takes a piece, valid during the call.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CryptographicException">Somebody changed the file.</exception>
    public async ValueTask ReadAsync(long position, long length, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> sink, CancellationToken cancellationToken)
    {
        for (var left = length; left > 0; position++)
        {
            var size = (int)Math.Min(left, ChunkSize);
            await RandomAccessReadAsync(position, size, cancellationToken);
            Open(position, size);
            await sink(plain.AsMemory(0, size), cancellationToken);
            left -= size;
        }
    }

    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        quota.Give(owner, taken);
        cipher.Dispose();
        file.Dispose();
        ArrayPool<byte>.Shared.Return(plain, clearArray: true);
        ArrayPool<byte>.Shared.Return(sealedChunk);
    }

    private async ValueTask<bool> TryFlushAsync(CancellationToken cancellationToken)
    {
        if (!quota.TryTake(owner, ChunkSize + TagSize))
        {
            return false;
        }

        taken += ChunkSize + TagSize;
        Seal(chunks, pending);
        await RandomAccess.WriteAsync(file.SafeFileHandle, sealedChunk.AsMemory(0, pending + TagSize), chunks * (ChunkSize + TagSize), cancellationToken);
        chunks++;
        pending = 0;
        return true;
    }

    private async ValueTask RandomAccessReadAsync(long position, int size, CancellationToken cancellationToken)
    {
        var offset = position * (ChunkSize + TagSize);
        for (var read = 0; read < size + TagSize;)
        {
            var got = await RandomAccess.ReadAsync(file.SafeFileHandle, sealedChunk.AsMemory(read, size + TagSize - read), offset + read, cancellationToken);
            if (got == 0)
            {
                throw new CryptographicException("A spool file is shorter than what was written to it.");
            }

            read += got;
        }
    }

    private void Seal(long chunk, int size)
    {
        Span<byte> nonce = stackalloc byte[12];
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[4..], chunk);
        cipher.Encrypt(nonce, plain.AsSpan(0, size), sealedChunk.AsSpan(0, size), sealedChunk.AsSpan(size, TagSize));
    }

    private void Open(long chunk, int size)
    {
        Span<byte> nonce = stackalloc byte[12];
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[4..], chunk);
        cipher.Decrypt(nonce, sealedChunk.AsSpan(0, size), sealedChunk.AsSpan(size, TagSize), plain.AsSpan(0, size));
    }
}
