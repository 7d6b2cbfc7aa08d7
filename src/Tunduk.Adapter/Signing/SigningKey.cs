using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Keys;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Trust;

namespace Tunduk.Adapter.Signing;

/// <summary>One IS signing key. It is handed only to code that prepares the project's own signed objects.</summary>
internal sealed class SigningKey : IMessageSigner, IDisposable
{
    private static readonly byte[] Trial = "tunduk-adapter: trial of a token"u8.ToArray();
    private readonly AsymmetricAlgorithm key;
    private long lastUse;

    public SigningKey(string name, X509Certificate2 certificate, AsymmetricAlgorithm key, SignatureAlgorithm algorithm)
    {
        Name = name;
        Certificate = certificate;
        this.key = key;
        Algorithm = algorithm;
        CertificateSha256 = certificate.GetCertHash(HashAlgorithmName.SHA256);
        Checkpoints = new CheckpointView(this);
    }

    /// <summary>A person's key from PEM files, with the algorithm that fits it; throws what reading them throws.</summary>
    public static SigningKey FromPem(string name, string certificateFile, string keyFile)
    {
        var certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        AsymmetricAlgorithm key = (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey() ?? certificate.GetECDsaPrivateKey() ?? throw new CryptographicException("The key is neither RSA nor EC.");
        var algorithm = key is RSA ? SignatureAlgorithm.RsaSha256 : key.KeySize == 384 ? SignatureAlgorithm.EcdsaP384Sha384 : SignatureAlgorithm.EcdsaP256Sha256;
        return KeyRules.IsStrong(key) ? new SigningKey(name, certificate, key, algorithm) : throw new CryptographicException("The key is too weak, or of another curve.");
    }

    public string Name { get; }

    public X509Certificate2 Certificate { get; }

    /// <summary>SHA-256 of the certificate.</summary>
    public ReadOnlyMemory<byte> CertificateSha256 { get; }

    public SignatureAlgorithm Algorithm { get; }

    /// <summary>First moment of use; before it the subsystem's other keys sign.</summary>
    public DateTimeOffset From { get; init; }

    /// <summary>Its authority says that the certificate is revoked: it signs no more messages.</summary>
    public bool IsRevoked { get; set; }

    /// <summary>State of the files and settings it was loaded from: the same, the key need not be opened again.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Where signatures wait for a slow key; null for keys in memory, which sign at once.</summary>
    public SigningQueue? Queue { get; private init; }

    /// <summary>The key for checkpoints: with reserved places where it has a queue.</summary>
    public IMessageSigner Checkpoints { get; }

    /// <summary>The last signature; null before the first.</summary>
    public DateTimeOffset? LastUse =>
        Volatile.Read(ref lastUse) is var ticks and not 0 ? TimeProvider.System.GetUtcNow() - TimeProvider.System.GetElapsedTime(ticks) : null;

    /// <summary>A key in a token, whose signatures are queued.</summary>
    public static SigningKey InToken(
        string name, X509Certificate2 certificate, AsymmetricAlgorithm key, SignatureAlgorithm algorithm, DateTimeOffset from, string origin, int queueLength, TimeSpan deadline, TimeProvider clock) =>
        new(name, certificate, key, algorithm)
        {
            From = from,
            Origin = origin,
            Queue = new SigningQueue(name, data => SignatureAlgorithms.Sign(algorithm, key, data.Span), queueLength, deadline, clock, () => Try(key, algorithm)),
        };

    /// <summary>Has a token sign a text of no other use: whether it does at all is known before a message needs it.</summary>
    /// <exception cref="TokenException">It does not.</exception>
    public static void Try(AsymmetricAlgorithm key, SignatureAlgorithm algorithm) => SignatureAlgorithms.Sign(algorithm, key, Trial);

    /// <summary>The key is in no setting any more: its token is left alone until an exchange under way still needs it.</summary>
    public void Rest()
    {
        Queue?.Rest();
        (key as ITokenBacked)?.Session.Rest();
    }

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => SignAsync(data, isCheckpoint: false, cancellationToken);

    public void Dispose()
    {
        Queue?.Dispose();
        key.Dispose();
        Certificate.Dispose();
    }

    private ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, bool isCheckpoint, CancellationToken cancellationToken)
    {
        Volatile.Write(ref lastUse, TimeProvider.System.GetTimestamp());
        return Queue is null ? new(SignatureAlgorithms.Sign(Algorithm, key, data.Span)) : Queue.SignAsync(data, isCheckpoint, cancellationToken);
    }

    private sealed class CheckpointView(SigningKey key) : IMessageSigner
    {
        public SignatureAlgorithm Algorithm => key.Algorithm;

        public X509Certificate2 Certificate => key.Certificate;

        public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => key.SignAsync(data, isCheckpoint: true, cancellationToken);
    }
}
