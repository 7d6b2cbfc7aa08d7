using System.Security.Cryptography;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive;

/// <summary>
/// What is to be appended. Everything in the first block goes into the log's leaf and stays there for ever, so it must
/// not be personal; everything else is sealed, each value under its own salted commitment, and can be erased.
/// </summary>
public sealed record EntryDraft
{
    public required EntryKind Kind { get; init; }
    public ExchangeRole Role { get; init; }
    public EntryFlags Flags { get; init; }

    /// <summary>When the message arrived or the act began. The entry's own time is given by the log and never decreases.</summary>
    public DateTimeOffset? EventTime { get; init; }

    /// <summary>Bytes of the message as it came or went, attachments included.</summary>
    public long? MessageSize { get; init; }

    /// <summary>Bytes of the message after filtering.</summary>
    public long? FilteredSize { get; init; }

    /// <summary>Stage token (ASCII letters, digits, <c>._-</c>; up to 64), e.g. <c>Authorize</c>.</summary>
    public string? Stage { get; init; }

    /// <summary>Outcome code token, e.g. <c>ok</c> or <c>agreement_missing</c>.</summary>
    public string? Code { get; init; }

    /// <summary>Identifier of the other subsystem, e.g. <c>sandbox/COM/60009001/loans</c>. Up to 1,024 bytes.</summary>
    public string? Counterparty { get; init; }
    public string? OwnSubsystem { get; init; }

    /// <summary>Full service identifier with version.</summary>
    public string? Service { get; init; }
    public string? Agreement { get; init; }
    public int? AgreementVersion { get; init; }

    /// <summary>Version of the owner's archiving list that was in force.</summary>
    public string? ArchivingListVersion { get; init; }

    /// <summary>SHA-256 of the certificate that signed the message. 32 bytes or empty.</summary>
    public ReadOnlyMemory<byte> CertificateSha256 { get; init; }
    public SignatureStatus Signature { get; init; }

    /// <summary>The request this entry ends or belongs to.</summary>
    public RecordId? Link { get; init; }

    /// <summary>How many happenings one entry stands for (refusals counted per peer, code and minute). 1 or more.</summary>
    public int? Count { get; init; }

    /// <summary>Text of an entry that is about the archive itself (keys, configuration, retention, evidence). Never personal. Up to 8,192 bytes.</summary>
    public string? Subject { get; init; }

    // Sealed from here on.

    /// <summary>Who asked (X-Road <c>userId</c>). Sealed as <c>$userId</c> and searchable.</summary>
    public string? UserId { get; init; }

    /// <summary>On which basis (X-Road <c>issue</c>). Sealed as <c>$issue</c> and searchable.</summary>
    public string? Basis { get; init; }

    /// <summary>X-Road message id. Sealed as <c>$messageId</c> and searchable.</summary>
    public string? MessageId { get; init; }

    /// <summary>Sealed as <c>$representedParty</c>.</summary>
    public string? RepresentedParty { get; init; }

    /// <summary>
    /// What the adapter itself notes about the entry, such as the path of a refusal or the purpose of a look. Paths begin
    /// with <c>$</c>, so that no field of a message can pose as one.
    /// </summary>
    public IReadOnlyList<SealedValue> Facts { get; init; } = [];

    /// <summary>Every value of the message, in document order. Paths of messages never begin with <c>$</c>.</summary>
    public IReadOnlyList<SealedValue> Values { get; init; } = [];

    /// <summary>The persons the message is about, or the values a look was for (<see cref="Searched"/>). Never put removed values here.</summary>
    public IReadOnlyList<IndexTerm> Persons { get; init; } = [];

    /// <summary>The message's bytes.</summary>
    public IReadOnlyList<PayloadPart> Parts { get; init; } = [];

    /// <summary>Names this append takes for itself; the append is refused or marked when one is taken already.</summary>
    public IReadOnlyList<Claim> Claims { get; init; } = [];

    /// <summary>Request only: bytes to reserve for its answer's entry. Default 64 KiB.</summary>
    public int AnswerReserve { get; init; } = 64 * 1024;

    /// <summary>
    /// 16 random bytes that bind the sealed part to the entry. They are drawn once per draft, so that a second append of
    /// the *same* draft object that ends a request is recognised as the same and answered with the first one's record.
    /// </summary>
    public UInt128 SealId { get; } = NewSealId();

    /// <summary>True for a path that <see cref="Facts"/> may have.</summary>
    internal static bool IsFactPath(string path) =>
        path.Length > 1 && path[0] == '$' && path is not ("$userId" or "$issue" or "$messageId" or "$representedParty")
        && !path.StartsWith("$part/", StringComparison.Ordinal) && !path.StartsWith("$mediaType/", StringComparison.Ordinal);

    private static UInt128 NewSealId()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
