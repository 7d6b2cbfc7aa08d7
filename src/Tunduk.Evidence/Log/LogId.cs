using System.Globalization;
using System.Security.Cryptography;

namespace Tunduk.Evidence.Log;

/// <summary>The identity of one log: 16 random bytes made when the log begins. Written as 32 lower-case hexadecimal digits.</summary>
public readonly record struct LogId
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 16;

    private readonly UInt128 value;

    public LogId(ReadOnlySpan<byte> bytes)
    {
        value = bytes.Length == Size
            ? System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes)
            : throw new ArgumentException("A log id has 16 bytes.", nameof(bytes));
    }

    public static LogId New()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomNumberGenerator.Fill(bytes);
        return new LogId(bytes);
    }

    public void CopyTo(Span<byte> destination) => System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(destination, value);

    public byte[] ToArray()
    {
        byte[] bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    public static bool TryParse(ReadOnlySpan<char> text, out LogId id)
    {
        id = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (text.Length != Size * 2 || Convert.FromHexString(text, bytes, out _, out int written) != System.Buffers.OperationStatus.Done
            || written != Size || text.ContainsAnyInRange('A', 'F'))
        {
            return false;
        }

        id = new LogId(bytes);
        return true;
    }

    public override string ToString() => value.ToString("x32", CultureInfo.InvariantCulture);
}
