using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Signing;

namespace Tunduk.Evidence.Tests.Log;

public sealed class CheckpointNoteTests
{
    private const string Origin = "sandbox/COM/60009001/loans/000102030405060708090a0b0c0d0e0f";
    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);
    private static readonly LogHash Root = MerkleHash.Leaf("root"u8);

    public static TheoryData<string> Algorithms() =>
        [CheckpointAlgorithm.RsaPkcs1Sha256, CheckpointAlgorithm.RsaPssSha256, CheckpointAlgorithm.EcdsaP256Sha256, CheckpointAlgorithm.EcdsaP384Sha384];

    private sealed class Signer(string algorithm) : ICheckpointSigner
    {
        private readonly RSA? rsa = algorithm.StartsWith("rsa", StringComparison.Ordinal) ? RSA.Create(2048) : null;
        private readonly ECDsa ec = ECDsa.Create(algorithm == CheckpointAlgorithm.EcdsaP384Sha384 ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256);

        public string Algorithm => algorithm;

        public ReadOnlyMemory<byte> PublicKey => rsa?.ExportSubjectPublicKeyInfo() ?? ec.ExportSubjectPublicKeyInfo();

        public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> checkpointBytes, CancellationToken cancellationToken) => ValueTask.FromResult(rsa is not null
            ? rsa.SignData(checkpointBytes.Span, HashAlgorithmName.SHA256, algorithm == CheckpointAlgorithm.RsaPssSha256 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1)
            : ec.SignData(checkpointBytes.Span, algorithm == CheckpointAlgorithm.EcdsaP256Sha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task Sign_EveryAlgorithm_ParsesAndVerifiesWithItsKeyOnly(string algorithm)
    {
        Signer signer = new(algorithm);
        SignedCheckpoint made = await CheckpointNote.SignAsync(Origin, 42, Root, Time, signer, default);
        CheckpointNote.TryParse(made.Note, out SignedCheckpoint? parsed).ShouldBeTrue();
        (parsed!.Origin, parsed.Size, parsed.Root, parsed.Time, parsed.Algorithm).ShouldBe((Origin, 42, Root, Time, algorithm));
        CheckpointNote.Verify(parsed, signer.PublicKey.Span).ShouldBeTrue();
        CheckpointNote.Verify(parsed, new Signer(algorithm).PublicKey.Span).ShouldBeFalse();
        CheckpointNote.Verify(parsed with { Size = 43 }, signer.PublicKey.Span).ShouldBeFalse();
        CheckpointNote.Verify(parsed with { Root = MerkleHash.EmptyRoot }, signer.PublicKey.Span).ShouldBeFalse();
        CheckpointNote.Verify(parsed with { Time = Time.AddSeconds(1) }, signer.PublicKey.Span).ShouldBeFalse();
        CheckpointNote.Verify(parsed with { Origin = Origin + "x" }, signer.PublicKey.Span).ShouldBeFalse();
        CheckpointNote.Verify(parsed, [1, 2, 3]).ShouldBeFalse();
    }

    [Fact]
    public async Task Parse_ForeignSignaturesBeside_AreIgnored()
    {
        SignedCheckpoint made = await CheckpointNote.SignAsync(Origin, 42, Root, Time, new Signer(CheckpointAlgorithm.EcdsaP256Sha256), default);
        string note = made.Note.Replace("\n\n", "\n\n— witness.example/w AAAAAAAAAAA=\n", StringComparison.Ordinal);
        CheckpointNote.TryParse(note, out SignedCheckpoint? parsed).ShouldBeTrue();
        parsed!.Root.ShouldBe(Root);
    }

    [Fact]
    public async Task Parse_Malformed_IsRefused()
    {
        string note = (await CheckpointNote.SignAsync(Origin, 42, Root, Time, new Signer(CheckpointAlgorithm.EcdsaP256Sha256), default)).Note;
        string[] bad =
        [
            "",
            note[..^1],
            note.Replace("\n42\n", "\n042\n", StringComparison.Ordinal),
            note.Replace("\n42\n", "\n-42\n", StringComparison.Ordinal),
            note.Replace("\n42\n", "\n42\r\n", StringComparison.Ordinal),
            note.Replace("=\n\n", "=\nextension\n\n", StringComparison.Ordinal),
            note.Replace("— " + Origin, "— other", StringComparison.Ordinal),
            note.Replace("— ", "- ", StringComparison.Ordinal),
            note + "trailing\n",
            Origin + "\n42\n" + Root.ToBase64() + "\n",
            new string('a', 20_000) + note,
        ];
        foreach (string text in bad)
        {
            CheckpointNote.TryParse(text, out _).ShouldBeFalse(text);
        }
    }

    private sealed class MessageSigner(RSA key, SignatureAlgorithm algorithm) : IMessageSigner
    {
        public SignatureAlgorithm Algorithm => algorithm;

        public X509Certificate2 Certificate { get; } = new CertificateRequest("CN=loans", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(Time.AddYears(-1), Time.AddYears(1));

        public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
            ValueTask.FromResult(SignatureAlgorithms.Sign(algorithm, key, data.Span));
    }

    [Theory]
    [InlineData(SignatureAlgorithm.RsaSha256)]
    [InlineData(SignatureAlgorithm.RsaSha512)]
    [InlineData(SignatureAlgorithm.RsaPssSha384)]
    public async Task CheckpointSigner_OfAMessageSigner_SignsCheckpointsOnly(SignatureAlgorithm algorithm)
    {
        using RSA key = RSA.Create(2048);
        CheckpointSigner signer = new(new MessageSigner(key, algorithm));
        SignedCheckpoint made = await CheckpointNote.SignAsync(Origin, 42, Root, Time, signer, default);
        CheckpointNote.Verify(made, key.ExportSubjectPublicKeyInfo()).ShouldBeTrue();
        await Should.ThrowAsync<ArgumentException>(async () => await signer.SignAsync("<x/>"u8.ToArray(), default));
    }

    [Fact]
    public async Task Sign_UnknownAlgorithm_IsRefused() =>
        await Should.ThrowAsync<ArgumentException>(async () => await CheckpointNote.SignAsync(Origin, 1, Root, Time, new Signer("rsa-pkcs1-sha1"), default));

    [Theory]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a+b", false)]
    [InlineData("sandbox/GOV/1/x", true)]
    public void IsOrigin_Text_FollowsTheNote(string origin, bool valid) => CheckpointNote.IsOrigin(origin).ShouldBe(valid);
}
