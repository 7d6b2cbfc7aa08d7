namespace Tunduk.Evidence.Log;

/// <summary>Tags of the fields after the header, in the order in which they must stand.</summary>
internal enum EntryField : byte
{
    Commitment = 0x01,
    SealId = 0x02,
    EventTime = 0x03,
    MessageSize = 0x04,
    FilteredSize = 0x05,
    Stage = 0x06,
    Code = 0x07,
    Counterparty = 0x08,
    OwnSubsystem = 0x09,
    Service = 0x0A,
    Agreement = 0x0B,
    AgreementVersion = 0x0C,
    ArchivingListVersion = 0x0D,
    CertificateSha256 = 0x0E,
    Link = 0x0F,
    Count = 0x10,
    Subject = 0x11,
}
