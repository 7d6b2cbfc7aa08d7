using System.Buffers;
using System.IO.Pipelines;

namespace Tunduk.Adapter.Listeners;

/// <summary>
/// What a connection sends. Once Kestrel has given a request up, ours goes out in place of what it would answer: a bare status.
/// Every other byte passes through.
/// </summary>
internal sealed class RefusableOutput(PipeWriter output) : PipeWriter
{
    private ReadOnlyMemory<byte>? refusal;
    private byte[] scratch = [];
    private bool isSent;

    /// <summary>Answers with this instead of anything that is still to come; the connection ends after it.</summary>
    public void Refuse(ReadOnlyMemory<byte> response) => refusal ??= response;

    public override bool CanGetUnflushedBytes => output.CanGetUnflushedBytes;

    public override long UnflushedBytes => output.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0) => refusal is null ? output.GetMemory(sizeHint) : Scratch(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => refusal is null ? output.GetSpan(sizeHint) : Scratch(sizeHint);

    public override void Advance(int bytes)
    {
        if (refusal is null)
        {
            output.Advance(bytes);
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (refusal is { } response && !isSent)
        {
            isSent = true;
            output.Write(response.Span);
        }

        return output.FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => output.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => output.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => output.CompleteAsync(exception);

    private byte[] Scratch(int sizeHint) => scratch.Length >= Math.Max(sizeHint, 1) ? scratch : scratch = new byte[Math.Max(sizeHint, 4096)];
}
