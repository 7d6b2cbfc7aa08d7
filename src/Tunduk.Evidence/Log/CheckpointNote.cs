using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tunduk.Evidence.Log;

/// <summary>
/// Makes, parses and verifies checkpoints: C2SP tlog-checkpoint notes with a signature of type 0xFF <c>tunduk-checkpoint/1</c>
/// (proto/ENTRY-FORMAT.md §5).
/// </summary>
public static class CheckpointNote
{
    /// <summary>First line of the signed bytes: the context no other signed object begins with.</summary>
    public const string Context = "tunduk-checkpoint/1";

    /// <summary>No note is longer.</summary>
    public const int MaxNoteBytes = 16 * 1024;

    private const int MaxSignatures = 16;
    private const int MaxOriginBytes = 512;

    /// <summary>The note text: origin, size and root, each on a line.</summary>
    public static string Text(string origin, long size, LogHash root) =>
        string.Create(CultureInfo.InvariantCulture, $"{origin}\n{size}\n{root.ToBase64()}\n");

    /// <summary>What is signed: context, algorithm and time, each on a line, then the note text.</summary>
    public static byte[] SignedBytes(string algorithm, DateTimeOffset time, string text) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Context}\n{algorithm}\n{time.ToUnixTimeSeconds()}\n{text}"));

    /// <summary>First four bytes of SHA-256(origin ‖ 0x0A ‖ 0xFF ‖ context ‖ 0x0A ‖ algorithm ‖ 0x0A ‖ SubjectPublicKeyInfo).</summary>
    public static uint KeyId(string origin, string algorithm, ReadOnlySpan<byte> publicKey)
    {
        byte[] head = Encoding.UTF8.GetBytes(origin + "\n");
        byte[] type = Encoding.UTF8.GetBytes(Context + "\n" + algorithm + "\n");
        return BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. head, 0xFF, .. type, .. publicKey]));
    }

    /// <summary>Whether a text can be an origin: 1 to 512 bytes of visible text without spaces and plus.</summary>
    public static bool IsOrigin(string origin) =>
        !string.IsNullOrEmpty(origin) && Encoding.UTF8.GetByteCount(origin) <= MaxOriginBytes
        && !origin.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c) || char.IsSurrogate(c) || c == '+');

    /// <summary>Signs a tree head.</summary>
    public static async ValueTask<SignedCheckpoint> SignAsync(
        string origin, long size, LogHash root, DateTimeOffset time, ICheckpointSigner signer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(signer);
        if (!IsOrigin(origin) || !CheckpointAlgorithm.IsKnown(signer.Algorithm))
        {
            throw new ArgumentException("The origin or the algorithm is not permitted.", nameof(origin));
        }

        string text = Text(origin, size, root);
        byte[] signature = await signer.SignAsync(SignedBytes(signer.Algorithm, time, text), cancellationToken).ConfigureAwait(false);
        byte[] algorithm = Encoding.ASCII.GetBytes(signer.Algorithm);
        byte[] blob = new byte[4 + 8 + 1 + algorithm.Length + signature.Length];
        BinaryPrimitives.WriteUInt32BigEndian(blob, KeyId(origin, signer.Algorithm, signer.PublicKey.Span));
        BinaryPrimitives.WriteInt64BigEndian(blob.AsSpan(4), time.ToUnixTimeSeconds());
        blob[12] = (byte)algorithm.Length;
        algorithm.CopyTo(blob, 13);
        signature.CopyTo(blob, 13 + algorithm.Length);
        string note = $"{text}\n— {origin} {Convert.ToBase64String(blob)}\n";
        return TryParse(note, out SignedCheckpoint? checkpoint) ? checkpoint! : throw new InvalidOperationException("A checkpoint that was just made does not parse.");
    }

    /// <summary>Parses a note and takes the first signature of our type under the origin's name; others are ignored, as C2SP asks.</summary>
    public static bool TryParse(string note, out SignedCheckpoint? checkpoint)
    {
        checkpoint = null;
        if (note is null || note.Length > MaxNoteBytes || !note.EndsWith('\n') || note.Any(static c => c < ' ' && c != '\n'))
        {
            return false;
        }

        int blank = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (blank < 0)
        {
            return false;
        }

        // Extension lines are refused: nothing of this system writes them.
        string[] lines = note[..blank].Split('\n');
        string[] signatures = note[(blank + 2)..^1].Split('\n');
        if (lines.Length != 3 || signatures.Length > MaxSignatures || !IsOrigin(lines[0]) || !LogHash.TryParseBase64(lines[2], out LogHash root)
            || !long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out long size)
            || size.ToString(CultureInfo.InvariantCulture) != lines[1])
        {
            return false;
        }

        string prefix = $"— {lines[0]} ";
        foreach (string line in signatures)
        {
            if (!line.StartsWith("— ", StringComparison.Ordinal))
            {
                return false;
            }

            if (checkpoint is null && line.StartsWith(prefix, StringComparison.Ordinal) && TryParseSignature(line[prefix.Length..]) is { } s)
            {
                checkpoint = new SignedCheckpoint
                {
                    Origin = lines[0],
                    Size = size,
                    Root = root,
                    Time = s.Time,
                    Algorithm = s.Algorithm,
                    KeyId = s.KeyId,
                    Signature = s.Signature,
                    Note = note,
                };
            }
        }

        return checkpoint is not null;
    }

    /// <summary>Takes apart notes that stand one after the other: text, empty line, signature lines, empty line. What is no note is left for the parser to refuse.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] blocks = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        List<string> notes = [];
        for (int i = 0; i < blocks.Length; i += 2)
        {
            notes.Add(i + 1 < blocks.Length ? blocks[i] + "\n\n" + blocks[i + 1].TrimEnd('\n') + "\n" : blocks[i]);
        }

        return notes;
    }

    /// <summary>Whether the checkpoint was signed by this key with the algorithm it names.</summary>
    public static bool Verify(SignedCheckpoint checkpoint, ReadOnlySpan<byte> publicKey)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (KeyId(checkpoint.Origin, checkpoint.Algorithm, publicKey) != checkpoint.KeyId)
        {
            return false;
        }

        byte[] signed = SignedBytes(checkpoint.Algorithm, checkpoint.Time, Text(checkpoint.Origin, checkpoint.Size, checkpoint.Root));
        return new LogKey(checkpoint.Algorithm, publicKey.ToArray()).Verify(signed, checkpoint.Signature.Span);
    }

    private static (uint KeyId, DateTimeOffset Time, string Algorithm, byte[] Signature)? TryParseSignature(string base64)
    {
        byte[] blob = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, blob, out int length) || length < 13 || Convert.ToBase64String(blob, 0, length) != base64)
        {
            return null;
        }

        long seconds = BinaryPrimitives.ReadInt64BigEndian(blob.AsSpan(4));
        int name = blob[12];
        if (seconds is < 0 or > 253_402_300_799 || length <= 13 + name)
        {
            return null;
        }

        string algorithm = Encoding.ASCII.GetString(blob, 13, name);
        return CheckpointAlgorithm.IsKnown(algorithm)
            ? (BinaryPrimitives.ReadUInt32BigEndian(blob), DateTimeOffset.FromUnixTimeSeconds(seconds), algorithm, blob[(13 + name)..length])
            : null;
    }
}
