using System.Buffers.Binary;
using System.Text;

namespace Tunduk.Evidence.Log;

/// <summary>Writes a <see cref="LogEntry"/> as its one canonical byte string.</summary>
public static class EntryEncoder
{
    /// <summary>Encodes the entry; false with a reason when a bound of the format is broken.</summary>
    public static bool TryEncode(LogEntry entry, out byte[] leaf, out string? error)
    {
        ArgumentNullException.ThrowIfNull(entry);
        Span<byte> buffer = stackalloc byte[Most(entry)]; // as much as may be needed: it is cleared first
        Writer writer = new(buffer);
        leaf = [];
        error = Write(entry, ref writer);
        if (error is not null)
        {
            return false;
        }

        leaf = writer.Written.ToArray();
        return true;
    }

    // Everything but the texts takes under 400 bytes; a text that is too long is refused before it is written.
    private static int Most(LogEntry entry)
    {
        long texts = Length(entry.Stage) + Length(entry.Code) + Length(entry.Counterparty) + Length(entry.OwnSubsystem) + Length(entry.Service)
            + Length(entry.Agreement) + Length(entry.ArchivingListVersion) + Length(entry.Subject);
        return (int)Math.Min(EntryFormat.MaxLeafBytes, 400 + (3 * texts));

        static long Length(string? text) => text?.Length ?? 0;
    }

    private static string? Write(LogEntry entry, ref Writer w)
    {
        long time = EntryFormat.ToMicroseconds(entry.Time);
        if (entry.Index is < 0 or > RecordId.MaxIndex || time < 0 || !Enum.IsDefined(entry.Kind) || !Enum.IsDefined(entry.Role) || !Enum.IsDefined(entry.Signature))
        {
            return Phrases.Of("Log.IndexTimeKindRole");
        }

        w.Byte(EntryFormat.Version);
        w.LogId(entry.Log);
        w.UInt64((ulong)entry.Index);
        w.Byte((byte)entry.Kind);
        w.Byte((byte)entry.Role);
        w.UInt64((ulong)time);
        w.UInt32((uint)entry.Flags);
        w.Byte((byte)entry.Signature);

        if (entry.Commitment is { } root)
        {
            if (entry.CommitmentDepth is < 0 or > EntryFormat.MaxCommitmentDepth)
            {
                return Phrases.Of("Log.CommitmentDepthOutRange");
            }

            w.Tag(EntryField.Commitment, 33);
            w.Byte((byte)entry.CommitmentDepth);
            w.Hash(root);
            w.Tag(EntryField.SealId, 16);
            w.UInt128(entry.SealId);
        }

        if (entry.EventTime is { } happened)
        {
            long micro = EntryFormat.ToMicroseconds(happened);
            if (micro < 0)
            {
                return Phrases.Of("Log.EventTimeOutRange");
            }

            w.Number(EntryField.EventTime, micro);
        }

        if (entry.MessageSize < 0 || entry.FilteredSize < 0 || entry.AgreementVersion < 0 || entry.Count < 1)
        {
            return Phrases.Of("Log.SizeVersionCountOut");
        }

        if (entry.MessageSize is { } size)
        {
            w.Number(EntryField.MessageSize, size);
        }

        if (entry.FilteredSize is { } filtered)
        {
            w.Number(EntryField.FilteredSize, filtered);
        }

        string? error = w.Token(EntryField.Stage, entry.Stage)
            ?? w.Token(EntryField.Code, entry.Code)
            ?? w.Text(EntryField.Counterparty, entry.Counterparty)
            ?? w.Text(EntryField.OwnSubsystem, entry.OwnSubsystem)
            ?? w.Text(EntryField.Service, entry.Service)
            ?? w.Text(EntryField.Agreement, entry.Agreement);
        if (error is not null)
        {
            return error;
        }

        if (entry.AgreementVersion is { } version)
        {
            w.Tag(EntryField.AgreementVersion, 4);
            w.UInt32((uint)version);
        }

        error = w.Text(EntryField.ArchivingListVersion, entry.ArchivingListVersion);
        if (error is not null)
        {
            return error;
        }

        if (!entry.CertificateSha256.IsEmpty)
        {
            if (entry.CertificateSha256.Length != 32)
            {
                return Phrases.Of("Log.CertificateDigestNot32");
            }

            w.Tag(EntryField.CertificateSha256, 32);
            w.Bytes(entry.CertificateSha256.Span);
        }

        if (entry.Link is { } link)
        {
            if (link.Index is < 0 or > RecordId.MaxIndex)
            {
                return Phrases.Of("Log.LinkOutRange");
            }

            w.Tag(EntryField.Link, 24);
            w.LogId(link.Log);
            w.UInt64((ulong)link.Index);
        }

        if (entry.Count is { } count)
        {
            w.Tag(EntryField.Count, 4);
            w.UInt32((uint)count);
        }

        return w.Text(EntryField.Subject, entry.Subject, EntryFormat.MaxSubjectBytes, lines: true);
    }

    // Every field is bounded before it is written, and all bounds together fit the buffer
    // (40 + 17 fields: 5 names of 1,024, one subject of 8,192, the rest under 400 bytes).
    private ref struct Writer(Span<byte> buffer)
    {
        private readonly Span<byte> buffer = buffer;
        private int position;

        public readonly ReadOnlySpan<byte> Written => buffer[..position];

        public void Byte(byte value) => buffer[position++] = value;

        public void UInt32(uint value)
        {
            BinaryPrimitives.WriteUInt32BigEndian(buffer[position..], value);
            position += 4;
        }

        public void UInt64(ulong value)
        {
            BinaryPrimitives.WriteUInt64BigEndian(buffer[position..], value);
            position += 8;
        }

        public void UInt128(UInt128 value)
        {
            BinaryPrimitives.WriteUInt128BigEndian(buffer[position..], value);
            position += 16;
        }

        public void LogId(LogId id)
        {
            id.CopyTo(buffer[position..]);
            position += Log.LogId.Size;
        }

        public void Hash(LogHash hash)
        {
            hash.CopyTo(buffer[position..]);
            position += LogHash.Size;
        }

        public void Bytes(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(buffer[position..]);
            position += bytes.Length;
        }

        public void Tag(EntryField field, int length)
        {
            buffer[position] = (byte)field;
            BinaryPrimitives.WriteUInt16BigEndian(buffer[(position + 1)..], (ushort)length);
            position += 3;
        }

        public void Number(EntryField field, long value)
        {
            Tag(field, 8);
            UInt64((ulong)value);
        }

        public string? Token(EntryField field, string? value)
        {
            if (value is null)
            {
                return null;
            }

            int start = position;
            string? error = Text(field, value, EntryFormat.MaxTokenBytes, lines: false);
            return error is null && !EntryFormat.IsToken(buffer[(start + 3)..position]) ? Phrases.Of("Log.NoToken", field) : error;
        }

        public string? Text(EntryField field, string? value, int max = EntryFormat.MaxNameBytes, bool lines = false)
        {
            if (value is null)
            {
                return null;
            }

            // GetByteCount throws on lone surrogates: they have no UTF-8 form.
            int length = value.Length > max ? int.MaxValue : CountOrFail(value);
            if (length > max)
            {
                return Phrases.Of("Log.EmptyTooLongNot", field);
            }

            Encoding.UTF8.GetBytes(value, buffer.Slice(position + 3, length));
            if (!EntryFormat.IsText(buffer.Slice(position + 3, length), max, lines))
            {
                return Phrases.Of("Log.EmptyTooLongNot", field);
            }

            Tag(field, length);
            position += length;
            return null;
        }

        private static int CountOrFail(string value)
        {
            for (int i = 0; i < value.Length; i++)
            {
                if (char.IsSurrogate(value[i]) && !(char.IsHighSurrogate(value[i]) && i + 1 < value.Length && char.IsLowSurrogate(value[++i])))
                {
                    return int.MaxValue;
                }
            }

            return Encoding.UTF8.GetByteCount(value);
        }
    }
}
