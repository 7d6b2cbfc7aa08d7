using FsCheck;
using FsCheck.Fluent;
using Tunduk.Evidence.Log;

namespace Tunduk.Evidence.Tests.Log;

public sealed class EntryCodecTests
{
    private static readonly LogId Id = new(Convert.FromHexString("000102030405060708090a0b0c0d0e0f"));

    private static LogEntry Full() => new()
    {
        Log = Id,
        Index = 7,
        Kind = EntryKind.Response,
        Role = ExchangeRole.Consumer,
        Time = DateTimeOffset.UnixEpoch.AddTicks(17_900_000_001_234_560),
        Flags = EntryFlags.CallerByAddress | EntryFlags.FieldsRemoved,
        Signature = SignatureStatus.Verified,
        Commitment = MerkleHash.Leaf("x"u8),
        CommitmentDepth = 3,
        SealId = (UInt128)0x1122334455667788 << 64 | 0x99AABBCCDDEEFF00,
        EventTime = DateTimeOffset.UnixEpoch.AddSeconds(1),
        MessageSize = 1000,
        FilteredSize = 900,
        Stage = "Append",
        Code = "ok",
        Counterparty = "sandbox/GOV/70009001/registry",
        OwnSubsystem = "sandbox/COM/60009001/loans",
        Service = "sandbox/GOV/70009001/registry/getPerson/v1",
        Agreement = "SLA-2026-014",
        AgreementVersion = 3,
        ArchivingListVersion = "2026-1",
        CertificateSha256 = Enumerable.Repeat((byte)0xAB, 32).ToArray(),
        Link = new RecordId(Id, 6),
        Count = 1,
        Subject = "two\nlines, кыргызча",
    };

    private static byte[] Encode(LogEntry entry)
    {
        EntryEncoder.TryEncode(entry, out byte[] leaf, out string? error).ShouldBeTrue(error);
        return leaf;
    }

    [Fact]
    public void Encode_ThenDecode_GivesTheSameEntryAndBytes()
    {
        byte[] leaf = Encode(Full());
        EntryDecoder.TryDecode(leaf, out LogEntry? entry, out _).ShouldBeTrue();
        entry!.CertificateSha256.ToArray().ShouldBe(Full().CertificateSha256.ToArray());
        (entry with { CertificateSha256 = default }).ShouldBe(Full() with { CertificateSha256 = default });
        Encode(entry).ShouldBe(leaf);
    }

    [Fact]
    public void Decode_EveryCutAndAddedByte_IsRefused()
    {
        byte[] leaf = Encode(Full());
        for (int length = 0; length < leaf.Length; length++)
        {
            // A cut between two fields is a shorter entry of its own; everything else is refused.
            if (EntryDecoder.TryDecode(leaf.AsSpan(0, length), out LogEntry? entry, out _))
            {
                Encode(entry!).ShouldBe(leaf[..length]);
            }
        }

        EntryDecoder.TryDecode([.. leaf, 0], out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void Decode_HostileBytes_NeverThrowsAndIsCanonical()
    {
        byte[] leaf = Encode(Full());
        Gen<(int At, int Value)> gen = Gen.Choose(0, leaf.Length - 1).SelectMany(static at => Gen.Choose(0, 255).Select(value => (at, value)));
        Prop.ForAll(gen.ToArbitrary(), change =>
        {
            byte[] bytes = [.. leaf];
            bytes[change.At] = (byte)change.Value;
            return !EntryDecoder.TryDecode(bytes, out LogEntry? entry, out _) || Encode(entry!).AsSpan().SequenceEqual(bytes);
        }).Hold();
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => !EntryDecoder.TryDecode(bytes ?? [], out _, out _)).Hold();
    }

    [Theory]
    [InlineData(0, 2, "unknown version")]
    [InlineData(25, 0, "header")]
    [InlineData(25, 13, "header")]
    [InlineData(26, 3, "header")]
    [InlineData(39, 6, "header")]
    [InlineData(17, 1, "header")]
    [InlineData(40, 0x12, "unknown or malformed")]
    [InlineData(40, 0x00, "ascending")]
    public void Decode_BrokenHeader_SaysWhat(int at, byte value, string reason)
    {
        byte[] leaf = Encode(Full());
        leaf[at] = value;
        EntryDecoder.TryDecode(leaf, out _, out string? error).ShouldBeFalse();
        error!.ShouldContain(reason);
    }

    [Fact]
    public void Decode_RepeatedField_IsRefused()
    {
        byte[] leaf = Encode(Full() with { Subject = "a" });
        byte[] last = leaf[^4..];
        EntryDecoder.TryDecode([.. leaf, .. last], out _, out string? error).ShouldBeFalse();
        error!.ShouldContain("ascending");
    }

    public static TheoryData<LogEntry> Invalid() =>
    [
        Full() with { Stage = "two words" },
        Full() with { Code = "" },
        Full() with { Code = new string('a', 65) },
        Full() with { Counterparty = "line\nbreak" },
        Full() with { Counterparty = new string('я', 513) },
        Full() with { Service = "\ud800" },
        Full() with { Subject = new string('a', 8193) },
        Full() with { CertificateSha256 = new byte[31] },
        Full() with { MessageSize = -1 },
        Full() with { Count = 0 },
        Full() with { Index = -1 },
        Full() with { Index = RecordId.MaxIndex + 1 },
        Full() with { CommitmentDepth = 21 },
        Full() with { Kind = (EntryKind)99 },
        Full() with { Time = DateTimeOffset.UnixEpoch.AddDays(-1) },
    ];

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public void Encode_OutOfBounds_IsRefused(LogEntry entry)
    {
        EntryEncoder.TryEncode(entry, out _, out string? error).ShouldBeFalse();
        error.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void Encode_LargestEntry_FitsTheBound()
    {
        string name = new('n', 1024);
        byte[] leaf = Encode(Full() with
        {
            Stage = new string('s', 64),
            Code = new string('c', 64),
            Counterparty = name,
            OwnSubsystem = name,
            Service = name,
            Agreement = name,
            ArchivingListVersion = name,
            Subject = new string('x', 8192),
        });
        leaf.Length.ShouldBeLessThanOrEqualTo(EntryFormat.MaxLeafBytes);
    }

    [Theory]
    [InlineData("000102030405060708090a0b0c0d0e0f-7", true)]
    [InlineData("000102030405060708090a0b0c0d0e0f-0", true)]
    [InlineData("000102030405060708090a0b0c0d0e0f-1099511627775", true)]
    [InlineData("000102030405060708090a0b0c0d0e0f-1099511627776", false)]
    [InlineData("000102030405060708090a0b0c0d0e0f-07", false)]
    [InlineData("000102030405060708090A0B0C0D0E0F-7", false)]
    [InlineData("000102030405060708090a0b0c0d0e0f-", false)]
    [InlineData("000102030405060708090a0b0c0d0e0f--1", false)]
    [InlineData("", false)]
    public void RecordId_TryParse_TakesOneSpellingOnly(string text, bool valid)
    {
        RecordId.TryParse(text, out RecordId id).ShouldBe(valid);
        if (valid)
        {
            id.ToString().ShouldBe(text);
        }
    }
}
