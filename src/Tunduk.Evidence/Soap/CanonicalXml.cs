using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Tunduk.Evidence.Canonicalization;

namespace Tunduk.Evidence.Soap;

/// <summary>
/// Writes our own header blocks in the form exclusive C14N gives them, so that what is written is what is hashed. Callers give
/// namespaces by prefix and attributes by name in canonical order.
/// </summary>
internal ref struct CanonicalXml(CanonicalBuffer buffer)
{
    private readonly CanonicalBuffer buffer = buffer;
    private CanonicalWriter writer = new(buffer);

    public void Start(scoped ReadOnlySpan<byte> name)
    {
        writer.Byte((byte)'<');
        writer.Bytes(name);
    }

    public void Namespace(scoped ReadOnlySpan<byte> prefix, scoped ReadOnlySpan<byte> uri)
    {
        writer.Bytes(" xmlns:"u8);
        writer.Bytes(prefix);
        writer.Bytes("=\""u8);
        writer.DecodedAttribute(uri);
        writer.Byte((byte)'"');
    }

    public void Attribute(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        writer.Byte((byte)' ');
        writer.Bytes(name);
        writer.Bytes("=\""u8);
        writer.DecodedAttribute(value);
        writer.Byte((byte)'"');
    }

    public void Attribute(scoped ReadOnlySpan<byte> name, string value)
    {
        byte[] utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(value.Length));
        Attribute(name, utf8.AsSpan(0, Encoding.UTF8.GetBytes(value, utf8)));
        ArrayPool<byte>.Shared.Return(utf8, clearArray: true);
    }

    public void EndStart() => writer.Byte((byte)'>');

    public void Text(string value)
    {
        byte[] utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(value.Length));
        writer.DecodedText(utf8.AsSpan(0, Encoding.UTF8.GetBytes(value, utf8)));
        ArrayPool<byte>.Shared.Return(utf8, clearArray: true);
    }

    /// <summary>Bytes that need no escaping.</summary>
    public void Plain(scoped ReadOnlySpan<byte> value) => writer.Bytes(value);

    public void Base64(scoped ReadOnlySpan<byte> value)
    {
        byte[] text = ArrayPool<byte>.Shared.Rent(System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(value.Length));
        System.Buffers.Text.Base64.EncodeToUtf8(value, text, out _, out int written);
        writer.Bytes(text.AsSpan(0, written));
        ArrayPool<byte>.Shared.Return(text);
    }

    public void Base64Attribute(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        writer.Byte((byte)' ');
        writer.Bytes(name);
        writer.Bytes("=\""u8);
        Base64(value);
        writer.Byte((byte)'"');
    }

    public void End(scoped ReadOnlySpan<byte> name)
    {
        writer.Bytes("</"u8);
        writer.Bytes(name);
        writer.Byte((byte)'>');
    }

    /// <summary>Makes what was written visible in the buffer; returns its length.</summary>
    public int Flush()
    {
        writer.Flush();
        return buffer.Count;
    }
}
