using System.Text;

namespace Tunduk.Evidence.Log;

/// <summary>Numbers and bounds of entry format 1 that encoder and decoder share (proto/ENTRY-FORMAT.md §2).</summary>
public static class EntryFormat
{
    /// <summary>The first byte of every leaf.</summary>
    public const byte Version = 1;

    /// <summary>No leaf is longer.</summary>
    public const int MaxLeafBytes = 16 * 1024;

    /// <summary>Stage, code: ASCII letters, digits and <c>._-</c>.</summary>
    public const int MaxTokenBytes = 64;

    /// <summary>Identifiers, agreement names, list versions: UTF-8 without control characters.</summary>
    public const int MaxNameBytes = 1024;

    /// <summary>Subject: UTF-8, line feeds allowed.</summary>
    public const int MaxSubjectBytes = 8192;

    /// <summary>Commitment trees have at most 2^20 leaves.</summary>
    public const int MaxCommitmentDepth = 20;

    /// <summary>Field paths under a commitment.</summary>
    public const int MaxPathBytes = 1024;

    internal const int HeaderBytes = 40;
    internal static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    internal static long ToMicroseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    internal static DateTimeOffset FromMicroseconds(long value) => DateTimeOffset.UnixEpoch.AddTicks(value * TimeSpan.TicksPerMicrosecond);

    internal const long MaxMicroseconds = 253_402_300_799_999_999; // 9999-12-31, the last moment .NET can name

    internal static bool IsToken(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > MaxTokenBytes)
        {
            return false;
        }

        foreach (byte b in bytes)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'.' or (byte)'_' or (byte)'-'))
            {
                return false;
            }
        }

        return true;
    }

    internal static bool IsText(ReadOnlySpan<byte> bytes, int max, bool lines)
    {
        if (bytes.Length == 0 || bytes.Length > max || !System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return false;
        }

        foreach (byte b in bytes)
        {
            if ((b < 0x20 && !(lines && b == '\n')) || b == 0x7F)
            {
                return false;
            }
        }

        return true;
    }
}
