using System.Security.Cryptography;

namespace Tunduk.Adapter.Keys;

/// <summary>An EC key in a token: signatures go to the session.</summary>
internal sealed class TokenEcdsa : ECDsa, ITokenBacked
{
    private readonly ECDsa open = Create();

    public TokenEcdsa(TokenSession session, byte[] publicKey)
    {
        Session = session;
        open.ImportSubjectPublicKeyInfo(publicKey, out _);
        KeySizeValue = open.KeySize;
    }

    public TokenSession Session { get; }

    public override ECParameters ExportParameters(bool includePrivateParameters) =>
        includePrivateParameters ? throw new CryptographicException("The key never leaves its token.") : open.ExportParameters(false);

    /// <summary>Signs in the token.</summary>
    /// <exception cref="TokenException">The token did not sign.</exception>
    public override byte[] SignHash(byte[] hash) => Session.Sign(TokenCall.SignEcdsa, HashAlgorithmName.SHA256, hash);

    public override bool VerifyHash(byte[] hash, byte[] signature) => open.VerifyHash(hash, signature);

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
