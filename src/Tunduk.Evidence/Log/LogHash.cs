using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tunduk.Evidence.Log;

/// <summary>A SHA-256 value of the log: a leaf hash, a node, a root or the root of an entry's commitments. 32 bytes.</summary>
public readonly record struct LogHash : IComparable<LogHash>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    private readonly ulong a;
    private readonly ulong b;
    private readonly ulong c;
    private readonly ulong d;

    public LogHash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException("A log hash has 32 bytes.", nameof(bytes));
        }

        a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        c = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        d = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], d);
    }

    public byte[] ToArray()
    {
        byte[] bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>32 fresh random bytes: a padding leaf of a commitment tree.</summary>
    public static LogHash Random()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomNumberGenerator.Fill(bytes);
        return new LogHash(bytes);
    }

    /// <summary>Standard base64 (RFC 4648 §4), as checkpoints write a root.</summary>
    public string ToBase64()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToBase64String(bytes);
    }

    public static bool TryParseBase64(string text, out LogHash hash)
    {
        Span<byte> bytes = stackalloc byte[Size + 1];
        if (text is { Length: 44 } && Convert.TryFromBase64String(text, bytes, out int written) && written == Size)
        {
            hash = new LogHash(bytes[..Size]);
            return hash.ToBase64() == text; // one spelling only: no stray bits in the last character
        }

        hash = default;
        return false;
    }

    public int CompareTo(LogHash other)
    {
        int order = a.CompareTo(other.a);
        order = order != 0 ? order : b.CompareTo(other.b);
        order = order != 0 ? order : c.CompareTo(other.c);
        return order != 0 ? order : d.CompareTo(other.d);
    }

    public static bool operator <(LogHash left, LogHash right) => left.CompareTo(right) < 0;
    public static bool operator <=(LogHash left, LogHash right) => left.CompareTo(right) <= 0;
    public static bool operator >(LogHash left, LogHash right) => left.CompareTo(right) > 0;
    public static bool operator >=(LogHash left, LogHash right) => left.CompareTo(right) >= 0;

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
