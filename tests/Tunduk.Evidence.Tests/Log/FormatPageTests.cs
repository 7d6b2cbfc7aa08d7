using System.Text;
using Tunduk.Evidence.Log;
using ValueType = Tunduk.Evidence.Log.ValueType;

namespace Tunduk.Evidence.Tests.Log;

/// <summary>Holds the vectors of proto/ENTRY-FORMAT.md §6 against the code.</summary>
public sealed class FormatPageTests
{
    private const string Origin = "sandbox/COM/60009001/loans/000102030405060708090a0b0c0d0e0f";
    private static readonly string Page = File.ReadAllText(FindPage());

    private static string FindPage()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "proto", "ENTRY-FORMAT.md")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, "proto", "ENTRY-FORMAT.md");
    }

    // The indented block after a phrase, its indentation removed.
    private static string Block(string after)
    {
        int at = Page.IndexOf(after, StringComparison.Ordinal);
        at.ShouldBeGreaterThan(0, after);
        IEnumerable<string> lines = Page[at..].Split('\n').Skip(1)
            .SkipWhile(static l => !l.StartsWith("    ", StringComparison.Ordinal))
            .TakeWhile(static l => l.StartsWith("    ", StringComparison.Ordinal) || l.Length == 0);
        return string.Join('\n', lines.Select(static l => l.Length == 0 ? "" : l[4..])).TrimEnd('\n');
    }

    private static LogHash Root()
    {
        LogHash[] leaves = new LogHash[4];
        for (int i = 0; i < 3; i++)
        {
            byte[] salt = [.. Enumerable.Repeat((byte)(i + 1), 32)];
            leaves[i] = Commitment.Leaf(salt, Encoding.ASCII.GetBytes($"p/{i}"), ValueType.Text, ValuePresence.Present, [(byte)('a' + i)]);
        }

        leaves[3] = new LogHash([.. Enumerable.Repeat((byte)0xFF, 32)]);
        return Commitment.RootInPlace(leaves);
    }

    private static byte[] Leaf()
    {
        LogId log = new([.. Enumerable.Range(0, 16).Select(static i => (byte)i)]);
        EntryEncoder.TryEncode(new LogEntry
        {
            Log = log,
            Index = 7,
            Kind = EntryKind.Response,
            Role = ExchangeRole.Consumer,
            Time = DateTimeOffset.UnixEpoch.AddMicroseconds(1_790_000_000_123_456),
            Flags = EntryFlags.CallerByAddress | EntryFlags.FieldsRemoved,
            Signature = SignatureStatus.Verified,
            Commitment = Root(),
            CommitmentDepth = 2,
            SealId = UInt128.Parse("112233445566778899aabbccddeeff00", System.Globalization.NumberStyles.HexNumber),
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
            Link = new RecordId(log, 6),
            Count = 1,
            Subject = "two\nlines",
        }, out byte[] leaf, out string? error).ShouldBeTrue(error);
        return leaf;
    }

    private static string Wrap(string hex) => string.Join('\n', hex.Chunk(96).Select(static c => new string(c)));

    [Fact]
    public void CommitmentLeaf_IsAsThePageSays()
    {
        byte[] salt = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];
        Block("**Commitment leaf.**").ShouldBe(Commitment.Leaf(salt, "request/pin"u8, ValueType.Text, ValuePresence.Present, "21201199000001"u8).ToString());
    }

    [Fact]
    public void CommitmentRoot_IsAsThePageSays() => Block("**Commitment root**").ShouldBe(Root().ToString());

    [Fact]
    public void Leaf_IsAsThePageSays()
    {
        Block("**Leaf** of a response").ShouldBe(Wrap(Convert.ToHexStringLower(Leaf())));
        Block("Its leaf hash").ShouldBe(MerkleHash.Leaf(Leaf()).ToString());
    }

    [Fact]
    public void Tree_IsAsThePageSays() => Block("**Tree** of").ShouldBe(string.Join('\n', Roots()));

    [Fact]
    public void Checkpoint_IsAsThePageSays()
    {
        string text = CheckpointNote.Text(Origin, 4, Roots()[3]);
        string signed = Encoding.UTF8.GetString(CheckpointNote.SignedBytes(CheckpointAlgorithm.EcdsaP256Sha256, DateTimeOffset.FromUnixTimeSeconds(1_790_000_000), text));
        Block("The signed text is").ShouldBe(signed.TrimEnd('\n'));
        byte[] key = Convert.FromBase64String(Block("With the public key"));
        Block("the key id is").ShouldBe(CheckpointNote.KeyId(Origin, CheckpointAlgorithm.EcdsaP256Sha256, key).ToString("x8"));
        CheckpointNote.TryParse(Block("and this is a valid note") + "\n", out SignedCheckpoint? checkpoint).ShouldBeTrue();
        CheckpointNote.Verify(checkpoint!, key).ShouldBeTrue();
        checkpoint!.Root.ShouldBe(Roots()[3]);
    }

    private static LogHash[] Roots()
    {
        LogTree tree = new();
        LogHash[] roots = new LogHash[4];
        for (int i = 0; i < 4; i++)
        {
            tree.Append(MerkleHash.Leaf([(byte)i]), []);
            roots[i] = tree.Root();
        }

        return roots;
    }
}
