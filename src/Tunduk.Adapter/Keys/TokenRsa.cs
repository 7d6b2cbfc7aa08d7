using System.Security.Cryptography;

namespace Tunduk.Adapter.Keys;

/// <summary>An RSA key in a token: the private operations go to the session, the public ones need no token.</summary>
internal sealed class TokenRsa : RSA, ITokenBacked
{
    private readonly RSA open = Create();

    public TokenRsa(TokenSession session, byte[] publicKey)
    {
        Session = session;
        open.ImportSubjectPublicKeyInfo(publicKey, out _);
        KeySizeValue = open.KeySize;
    }

    public TokenSession Session { get; }

    public override RSAParameters ExportParameters(bool includePrivateParameters) =>
        includePrivateParameters ? throw new CryptographicException("The key never leaves its token.") : open.ExportParameters(false);

    public override void ImportParameters(RSAParameters parameters) => throw new NotSupportedException();

    /// <summary>Signs in the token.</summary>
    /// <exception cref="TokenException">The token did not sign.</exception>
    public override byte[] SignHash(byte[] hash, HashAlgorithmName hashAlgorithm, RSASignaturePadding padding) =>
        Session.Sign(padding == RSASignaturePadding.Pss ? TokenCall.SignPss : TokenCall.SignPkcs1, hashAlgorithm, hash);

    public override bool VerifyHash(byte[] hash, byte[] signature, HashAlgorithmName hashAlgorithm, RSASignaturePadding padding) =>
        open.VerifyHash(hash, signature, hashAlgorithm, padding);

    public override byte[] Encrypt(byte[] data, RSAEncryptionPadding padding) => open.Encrypt(data, padding);

    /// <summary>Decrypts in the token: RSA-OAEP with SHA-256 alone.</summary>
    /// <exception cref="TokenException">The token did not decrypt.</exception>
    public override byte[] Decrypt(byte[] data, RSAEncryptionPadding padding) => padding == RSAEncryptionPadding.OaepSHA256
        ? Session.Ask(TokenCall.Decrypt, data)
        : throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Session.Dispose();
            open.Dispose();
        }

        base.Dispose(disposing);
    }
}
