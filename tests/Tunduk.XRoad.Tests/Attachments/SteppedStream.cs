namespace Tunduk.XRoad.Tests.Attachments;

/// <summary>Gives its bytes a few at a time; with <paramref name="tail"/>, repeats that for ever after them.</summary>
internal sealed class SteppedStream(byte[] bytes, int step, byte[]? tail = null) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int count = Math.Min(step, buffer.Length);
        if (tail is null || _position < bytes.Length)
        {
            count = (int)Math.Min(count, bytes.Length - _position);
            bytes.AsSpan((int)_position, count).CopyTo(buffer);
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                buffer[i] = tail[(int)((_position + i - bytes.Length) % tail.Length)];
            }
        }

        _position += count;
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
