using System.Buffers.Binary;
using System.Text;

namespace Tunduk.Evidence.Log;

/// <summary>
/// Reads a leaf. Bytes are hostile: every length is bounded, fields stand in ascending order once each, unknown tags and versions
/// are refused. What is accepted is exactly what <see cref="EntryEncoder"/> writes: decoding and encoding again gives the same bytes.
/// </summary>
public static class EntryDecoder
{
    /// <summary>Decodes a leaf; false with a reason.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> leaf, out LogEntry? entry, out string? error)
    {
        entry = null;
        if (leaf.Length is < EntryFormat.HeaderBytes or > EntryFormat.MaxLeafBytes)
        {
            error = Phrases.Of("Log.LengthOutRange");
            return false;
        }

        if (leaf[0] != EntryFormat.Version)
        {
            error = Phrases.Of("Log.UnknownVersion");
            return false;
        }

        ulong index = BinaryPrimitives.ReadUInt64BigEndian(leaf[17..]);
        ulong time = BinaryPrimitives.ReadUInt64BigEndian(leaf[27..]);
        uint flags = BinaryPrimitives.ReadUInt32BigEndian(leaf[35..]);
        EntryKind kind = (EntryKind)leaf[25];
        ExchangeRole role = (ExchangeRole)leaf[26];
        SignatureStatus signature = (SignatureStatus)leaf[39];
        if (index > RecordId.MaxIndex || time > EntryFormat.MaxMicroseconds || flags > int.MaxValue
            || kind is < EntryKind.Request or > EntryKind.CheckpointEvidence
            || role > ExchangeRole.Provider || signature > SignatureStatus.OwnDetached)
        {
            error = Phrases.Of("Log.HeaderFieldOutRange");
            return false;
        }

        entry = new LogEntry
        {
            Log = new LogId(leaf.Slice(1, LogId.Size)),
            Index = (long)index,
            Kind = kind,
            Role = role,
            Time = EntryFormat.FromMicroseconds((long)time),
            Flags = (EntryFlags)flags,
            Signature = signature,
        };
        error = ReadFields(leaf[EntryFormat.HeaderBytes..], ref entry);
        if (error is not null)
        {
            entry = null;
            return false;
        }

        return true;
    }

    private static string? ReadFields(ReadOnlySpan<byte> rest, ref LogEntry entry)
    {
        FieldValues values = default;
        int last = 0;
        while (!rest.IsEmpty)
        {
            if (rest.Length < 3)
            {
                return Phrases.Of("Log.FieldCutOff");
            }

            int tag = rest[0];
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest[1..]);
            if (tag <= last)
            {
                return Phrases.Of("Log.FieldsNotAscendingOrder");
            }

            if (rest.Length - 3 < length)
            {
                return Phrases.Of("Log.FieldCutOff");
            }

            if (!values.Read((EntryField)tag, rest.Slice(3, length)))
            {
                return Phrases.Of("Log.Field0xUnknownMalformed", tag);
            }

            last = tag;
            rest = rest[(3 + length)..];
        }

        if (values.Commitment.HasValue != values.SealId.HasValue)
        {
            return Phrases.Of("Log.CommitmentSealIdStand");
        }

        entry = values.ApplyTo(entry);
        return null;
    }

    private struct FieldValues
    {
        public LogHash? Commitment;
        public UInt128? SealId;
        private int depth;
        private long? eventTime;
        private long? messageSize;
        private long? filteredSize;
        private string? stage;
        private string? code;
        private string? counterparty;
        private string? ownSubsystem;
        private string? service;
        private string? agreement;
        private int? agreementVersion;
        private string? archivingListVersion;
        private byte[]? certificate;
        private RecordId? link;
        private int? count;
        private string? subject;

        public bool Read(EntryField field, ReadOnlySpan<byte> value) => field switch
        {
            EntryField.Commitment => ReadCommitment(value),
            EntryField.SealId => ReadSealId(value),
            EntryField.EventTime => ReadNumber(value, EntryFormat.MaxMicroseconds, out eventTime),
            EntryField.MessageSize => ReadNumber(value, long.MaxValue, out messageSize),
            EntryField.FilteredSize => ReadNumber(value, long.MaxValue, out filteredSize),
            EntryField.Stage => ReadToken(value, out stage),
            EntryField.Code => ReadToken(value, out code),
            EntryField.Counterparty => ReadText(value, out counterparty),
            EntryField.OwnSubsystem => ReadText(value, out ownSubsystem),
            EntryField.Service => ReadText(value, out service),
            EntryField.Agreement => ReadText(value, out agreement),
            EntryField.AgreementVersion => ReadInt(value, 0, out agreementVersion),
            EntryField.ArchivingListVersion => ReadText(value, out archivingListVersion),
            EntryField.CertificateSha256 => ReadCertificate(value),
            EntryField.Link => ReadLink(value),
            EntryField.Count => ReadInt(value, 1, out count),
            EntryField.Subject => ReadText(value, out subject, EntryFormat.MaxSubjectBytes, lines: true),
            _ => false,
        };

        public readonly LogEntry ApplyTo(LogEntry entry) => entry with
        {
            Commitment = Commitment,
            CommitmentDepth = depth,
            SealId = SealId ?? default,
            EventTime = eventTime is { } t ? EntryFormat.FromMicroseconds(t) : null,
            MessageSize = messageSize,
            FilteredSize = filteredSize,
            Stage = stage,
            Code = code,
            Counterparty = counterparty,
            OwnSubsystem = ownSubsystem,
            Service = service,
            Agreement = agreement,
            AgreementVersion = agreementVersion,
            ArchivingListVersion = archivingListVersion,
            CertificateSha256 = certificate,
            Link = link,
            Count = count,
            Subject = subject,
        };

        private bool ReadCommitment(ReadOnlySpan<byte> value)
        {
            if (value.Length != 33 || value[0] > EntryFormat.MaxCommitmentDepth)
            {
                return false;
            }

            depth = value[0];
            Commitment = new LogHash(value[1..]);
            return true;
        }

        private bool ReadSealId(ReadOnlySpan<byte> value)
        {
            SealId = value.Length == 16 ? BinaryPrimitives.ReadUInt128BigEndian(value) : null;
            return SealId is not null;
        }

        private bool ReadCertificate(ReadOnlySpan<byte> value)
        {
            certificate = value.Length == 32 ? value.ToArray() : null;
            return certificate is not null;
        }

        private bool ReadLink(ReadOnlySpan<byte> value)
        {
            if (value.Length != 24 || BinaryPrimitives.ReadUInt64BigEndian(value[16..]) is var index && index > RecordId.MaxIndex)
            {
                return false;
            }

            link = new RecordId(new LogId(value[..16]), BinaryPrimitives.ReadInt64BigEndian(value[16..]));
            return true;
        }

        private static bool ReadNumber(ReadOnlySpan<byte> value, long max, out long? number)
        {
            number = value.Length == 8 && BinaryPrimitives.ReadUInt64BigEndian(value) <= (ulong)max ? BinaryPrimitives.ReadInt64BigEndian(value) : null;
            return number is not null;
        }

        private static bool ReadInt(ReadOnlySpan<byte> value, int min, out int? number)
        {
            number = value.Length == 4 && BinaryPrimitives.ReadInt32BigEndian(value) is var n && n >= min ? n : null;
            return number is not null;
        }

        private static bool ReadToken(ReadOnlySpan<byte> value, out string? text)
        {
            text = EntryFormat.IsToken(value) ? Encoding.ASCII.GetString(value) : null;
            return text is not null;
        }

        private static bool ReadText(ReadOnlySpan<byte> value, out string? text, int max = EntryFormat.MaxNameBytes, bool lines = false)
        {
            text = EntryFormat.IsText(value, max, lines) ? Encoding.UTF8.GetString(value) : null;
            return text is not null;
        }
    }
}
