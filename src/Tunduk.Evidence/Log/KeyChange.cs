using System.Globalization;
using System.Text;

namespace Tunduk.Evidence.Log;

/// <summary>
/// Another key takes over the checkpoints of a log: a statement that the key before signed and the new one accepted by its own signature
/// (proto/ENTRY-FORMAT.md §2). Where the key before could not sign any more, that line is missing, and the new key has to be trusted by itself.
/// </summary>
public sealed record KeyChange
{
    /// <summary>Code of the entry.</summary>
    public const string Code = EntryCodes.CheckpointKey;

    /// <summary>First line of the signed bytes: the context no other signed object begins with.</summary>
    public const string Context = "tunduk-key-change/1";

    private const int MaxSignature = 2048;

    /// <summary>The key that takes over.</summary>
    public required LogKey Next { get; init; }

    /// <summary>The key before; null in entries that do not name it.</summary>
    public LogKey? Before { get; init; }

    /// <summary>Entries the log held when it was signed: the change is not older.</summary>
    public long After { get; init; }

    /// <summary>Signature of the key before; empty where it could not sign any more.</summary>
    public ReadOnlyMemory<byte> Signed { get; init; }

    /// <summary>Signature of the new key.</summary>
    public ReadOnlyMemory<byte> Accepted { get; init; }

    /// <summary>What both sign: context, origin, entries, the key before, the new key, each on a line.</summary>
    public static byte[] SignedBytes(string origin, long after, LogKey? before, LogKey next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Context}\n{origin}\n{after}\n{Line(before)}\n{Line(next)}\n"));
    }

    /// <summary>The subject of the entry.</summary>
    /// <param name="origin">Origin of the log.</param>
    /// <param name="after">Entries it holds.</param>
    /// <param name="before">The key before.</param>
    /// <param name="old">Signs with the key before; null where it is not at hand any more.</param>
    /// <param name="next">Signs with the new key.</param>
    /// <param name="cancellationToken">Stops the wait for a signature.</param>
    public static async ValueTask<string> SubjectAsync(string origin, long after, LogKey? before, ICheckpointSigner? old, ICheckpointSigner next, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(next);
        LogKey key = LogKey.Of(next);
        byte[] bytes = SignedBytes(origin, after, before, key);
        StringBuilder subject = new();
        subject.Append(CultureInfo.InvariantCulture, $"algorithm {key.Algorithm}\nkey {Convert.ToBase64String(key.PublicKey.Span)}\nafter {after}\nbefore {Line(before)}\n");
        if (old is not null)
        {
            subject.Append(CultureInfo.InvariantCulture, $"signed {Convert.ToBase64String(await old.SignAsync(bytes, cancellationToken).ConfigureAwait(false))}\n");
        }

        subject.Append(CultureInfo.InvariantCulture, $"accepted {Convert.ToBase64String(await next.SignAsync(bytes, cancellationToken).ConfigureAwait(false))}\n");
        return subject.ToString();
    }

    /// <summary>The change that an entry states; null where it states none.</summary>
    public static KeyChange? Of(LogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Kind != EntryKind.KeyChange || LogKey.NamedBy(entry) is not { } next)
        {
            return null;
        }

        string[] lines = entry.Subject!.Split('\n');
        string[] before = Value("before ")?.Split(' ') ?? [];
        return new KeyChange
        {
            Next = next,
            After = long.TryParse(Value("after "), NumberStyles.None, CultureInfo.InvariantCulture, out long after) ? after : 0,
            Before = before.Length == 2 ? new LogKey(before[0], Bytes(before[1])) : null,
            Signed = Bytes(Value("signed ")),
            Accepted = Bytes(Value("accepted ")),
        };

        string? Value(string name) => Array.Find(lines, l => l.StartsWith(name, StringComparison.Ordinal))?[name.Length..];
    }

    /// <summary>Whether the key in force signed the change and the new one accepted it.</summary>
    public KeyChangeVerdict Verify(string origin, LogKey? inForce)
    {
        byte[] bytes = SignedBytes(origin, After, Before, Next);
        if (!Accepted.IsEmpty && !Next.Verify(bytes, Accepted.Span))
        {
            return KeyChangeVerdict.Wrong;
        }

        return Signed.IsEmpty || Accepted.IsEmpty ? KeyChangeVerdict.Unsigned
            : Before is not null && Before.Equals(inForce) && Before.Verify(bytes, Signed.Span) ? KeyChangeVerdict.Signed
            : KeyChangeVerdict.Wrong;
    }

    private static string Line(LogKey? key) => key is null ? "none" : $"{key.Algorithm} {Convert.ToBase64String(key.PublicKey.Span)}";

    private static byte[] Bytes(string? base64)
    {
        byte[] bytes = new byte[MaxSignature];
        return base64 is not null && Convert.TryFromBase64String(base64, bytes, out int length) ? bytes[..length] : [];
    }
}
