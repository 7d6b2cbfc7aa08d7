using System.Security.Cryptography;

namespace Tunduk.Evidence.Bundles;

/// <summary>Reads one unpacked file of a bundle: counts its bytes, hashes them, and stops when all files together unpack to more than they may.</summary>
internal sealed class MeteredStream(Stream inner, ExpansionBudget budget) : Stream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Bytes read so far.</summary>
    public long Count { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => Count;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = inner.Read(buffer);
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException)
        {
            throw new BundleFaultException("bundle_unreadable", Phrases.Of("Bundles.FileBundleDoesNot"));
        }

        Count += read;
        budget.Take(read);
        hash.AppendData(buffer[..read]);
        return read;
    }

    /// <summary>Reads what is left and gives the whole file's SHA-256 in hexadecimal.</summary>
    public string Finish()
    {
        Span<byte> rest = stackalloc byte[8192];
        while (Read(rest) > 0)
        {
            // The hash covers the file to its end.
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            hash.Dispose();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
