using System.Security.Cryptography;
using System.Text;
using Tunduk.Archive.Sealing;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Timestamps;

namespace Tunduk.Archive.Publishing;

/// <summary>A time-stamp entry (proto/ENTRY-FORMAT.md §5): the lines <c>authority</c>, <c>time</c>, <c>size</c>, then the checkpoint; the token is a part.</summary>
internal static class CheckpointEvidence
{
    public const string TokenPart = "token";

    /// <summary>The checkpoint that an entry stamps; null where it is no time-stamp entry or does not parse.</summary>
    public static SignedCheckpoint? NoteOf(LogEntry entry)
    {
        if (entry.Kind != EntryKind.CheckpointEvidence || entry.Code != EntryCodes.TimeStamp || entry.Subject is not { } subject)
        {
            return null;
        }

        string[] lines = subject.Split('\n', 4);
        return lines.Length == 4 && lines[0].StartsWith("authority ", StringComparison.Ordinal) && CheckpointNote.TryParse(lines[3], out SignedCheckpoint? note) ? note : null;
    }

    /// <summary>Name of the authority as the entry gives it.</summary>
    public static string AuthorityOf(LogEntry entry) => entry.Subject!.Split('\n', 2)[0]["authority ".Length..];

    /// <summary>Verifies the token of an entry over its checkpoint.</summary>
    public static TimestampVerification Verify(SignedCheckpoint note, Unsealed opened, TimestampTrust trust, DateTimeOffset now)
    {
        PayloadPart token = opened.Parts.FirstOrDefault(static p => p.Name == TokenPart);
        return TimestampVerifier.VerifyToken(token.Content, SHA256.HashData(Encoding.UTF8.GetBytes(note.Note)), trust, now);
    }
}
