using Tunduk.Evidence.Http;

namespace Tunduk.Adapter.Attachments;

/// <summary>
/// The body of a REST message: in memory what a list of fields is applied to and what is small, on disk everything else.
/// The one who received it disposes what is on disk.
/// </summary>
internal readonly struct RestBody
{
    private RestBody(ReadOnlyMemory<byte> bytes, SpooledBody? spooled)
    {
        Bytes = bytes;
        Spooled = spooled;
    }

    /// <summary>The body in memory; empty where it is on disk.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The body on disk; null where it is in memory.</summary>
    public SpooledBody? Spooled { get; }

    public long Length => Spooled?.Length ?? Bytes.Length;

    public bool IsEmpty => Length == 0;

    public ReadOnlySpan<byte> Span => Bytes.Span;

    /// <summary>First bytes, by which a type can be told.</summary>
    public ReadOnlyMemory<byte> Head => Spooled?.Head ?? Bytes[..Math.Min(Bytes.Length, Exchange.AttachmentPolicy.HeadBytes)];

    /// <summary>As a signature covers it.</summary>
    public HttpBody Signed => Spooled?.Digests ?? HttpBody.Of(Bytes);

    public static implicit operator RestBody(ReadOnlyMemory<byte> bytes) => new(bytes, null);

    public static implicit operator RestBody(byte[] bytes) => new(bytes, null);

    public static implicit operator RestBody(SpooledBody spooled) => new(default, spooled);
}
