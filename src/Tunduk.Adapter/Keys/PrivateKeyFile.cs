using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Tunduk.Adapter.Keys;

/// <summary>Reads a private key from PEM (PKCS#8, PKCS#1, SEC 1) or DER (PKCS#8), and says what another kind of file is.</summary>
internal static class PrivateKeyFile
{
    /// <summary>Reads the key.</summary>
    /// <param name="file">Name, for the words of a fault.</param>
    /// <param name="content">The file's bytes.</param>
    /// <param name="password">Password of an encrypted key.</param>
    /// <param name="key">RSA or ECDSA.</param>
    /// <param name="fault">Why there is none.</param>
    public static bool TryRead(string file, ReadOnlySpan<byte> content, string? password, [NotNullWhen(true)] out AsymmetricAlgorithm? key, [NotNullWhen(false)] out KeyFault? fault)
    {
        key = null;
        if (!PemParts.IsPem(content))
        {
            if (IsDer(content))
            {
                return TryImport(file, content.ToArray(), password, out key, out fault);
            }

            fault = KeyFileContents.NoKey(file, KeyFileContents.Of(content));
            return false;
        }

        if (content.IndexOf("Proc-Type: 4,ENCRYPTED"u8) >= 0)
        {
            return Refuse(KeyFaultCode.FileKind, Phrases.Of("Keys.EncryptedOldWayPem", file), Phrases.Of("Keys.ConvertOpensslPkcs8Topk8", file), out fault);
        }

        var parts = PemParts.Read(content);
        var keys = parts.Where(part => part.Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal)).ToList();
        if (keys.Count != 1)
        {
            fault = keys.Count > 1 ? new KeyFault(KeyFaultCode.FileKind, Phrases.Of("Keys.HoldsPrivateKeys", file, keys.Count), Phrases.Of("Keys.GivePemFilePrivate"))
                : content.IndexOf("PRIVATE KEY-----"u8) >= 0 ? new KeyFault(KeyFaultCode.Damaged, Phrases.Of("Keys.DamagedBeginsPrivateKey", file), Phrases.Of("Keys.TryOpensslPkeyNoout", file))
                : KeyFileContents.NoKey(file, KeyFileContents.Of(content));
            return false;
        }

        var (label, pem) = keys[0];
        if (label == "OPENSSH PRIVATE KEY")
        {
            return Refuse(KeyFaultCode.FileKind, Phrases.Of("Keys.KeyOpenSSH", file), Phrases.Of("Keys.ConvertCopySshKeygen", file), out fault);
        }

        var der = Convert.FromBase64String(string.Concat(pem.Split('\n').Where(line => !line.StartsWith("-----", StringComparison.Ordinal))));
        try
        {
            return label switch
            {
                "RSA PRIVATE KEY" => TryImport(file, () => Import(RSA.Create(), rsa => rsa.ImportRSAPrivateKey(der, out _)), out key, out fault),
                "EC PRIVATE KEY" => TryImport(file, () => Import(ECDsa.Create(), ec => ec.ImportECPrivateKey(der, out _)), out key, out fault),
                "ENCRYPTED PRIVATE KEY" or "PRIVATE KEY" => TryImport(file, der, password, out key, out fault),
                _ => Refuse(KeyFaultCode.KeyFamily, Phrases.Of("Keys.Holds", file, label), Phrases.Of("Keys.GiveKeyRsaP"), out fault),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    /// <summary>PFX ::= SEQUENCE { version 3, ContentInfo … } (RFC 7292 §4).</summary>
    public static bool IsPkcs12(ReadOnlySpan<byte> content)
    {
        try
        {
            var pfx = new AsnReader(content.ToArray(), AsnEncodingRules.BER).ReadSequence();
            return pfx.TryReadInt32(out var version) && version == 3 && pfx.ReadSequence().ReadObjectIdentifier().StartsWith("1.2.840.113549.1.7.", StringComparison.Ordinal);
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    /// <summary>True for a private key in DER: PKCS#8, encrypted or not, PKCS#1, SEC 1.</summary>
    public static bool IsDer(ReadOnlySpan<byte> content)
    {
        var der = content.ToArray();
        try
        {
            return Family(der) is not null || IsEncrypted(der) || IsOwnForm(der, out _);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    private static bool TryImport(string file, byte[] der, string? password, [NotNullWhen(true)] out AsymmetricAlgorithm? key, [NotNullWhen(false)] out KeyFault? fault)
    {
        key = null;
        switch (Family(der))
        {
            case "1.2.840.113549.1.1.1":
                return TryImport(file, () => Import(RSA.Create(), rsa => rsa.ImportPkcs8PrivateKey(der, out _)), out key, out fault);
            case "1.2.840.10045.2.1":
                return TryImport(file, () => Import(ECDsa.Create(), ec => ec.ImportPkcs8PrivateKey(der, out _)), out key, out fault);
            case { } other:
                return Refuse(KeyFaultCode.KeyFamily, Phrases.Of("Keys.KeyFamily", file, other), Phrases.Of("Keys.GiveKeyRsaP"), out fault);
        }

        if (IsOwnForm(der, out var isRsa))
        {
            return TryImport(
                file,
                () => isRsa ? Import(RSA.Create(), rsa => rsa.ImportRSAPrivateKey(der, out _)) : Import(ECDsa.Create(), ec => ec.ImportECPrivateKey(der, out _)),
                out key,
                out fault);
        }

        if (!IsEncrypted(der))
        {
            return Refuse(KeyFaultCode.Damaged, Phrases.Of("Keys.NoPrivateKey", file), Phrases.Of("Keys.GivePemFilePrivateKey"), out fault);
        }

        if (password is null)
        {
            return Refuse(KeyFaultCode.PasswordMissing, Phrases.Of("Keys.KeyEncryptedNoPassword", file), Phrases.Of("Keys.NamePasswordFilePasswordVariable"), out fault);
        }

        // Which family it is shows only after decryption, and a wrong password shows as neither.
        return TryImport(file, () => Import(RSA.Create(), rsa => rsa.ImportEncryptedPkcs8PrivateKey(password, der, out _)), out key, out _)
            || TryImport(file, () => Import(ECDsa.Create(), ec => ec.ImportEncryptedPkcs8PrivateKey(password, der, out _)), out key, out _)
            ? Good(out fault)
            : Refuse(KeyFaultCode.PasswordWrong, Phrases.Of("Keys.PasswordWrongKeyNeither", file), Phrases.Of("Keys.TryOpensslPkeyNoout", file), out fault);
    }

    private static bool TryImport(string file, Func<AsymmetricAlgorithm> import, [NotNullWhen(true)] out AsymmetricAlgorithm? key, [NotNullWhen(false)] out KeyFault? fault)
    {
        try
        {
            key = import();
            return Good(out fault);
        }
        catch (CryptographicException)
        {
            key = null;
            return Refuse(KeyFaultCode.Damaged, Phrases.Of("Keys.DamagedNamedPrivateKey", file), Phrases.Of("Keys.TryOpensslPkeyNoout", file), out fault);
        }
    }

    private static TKey Import<TKey>(TKey key, Action<TKey> import)
        where TKey : AsymmetricAlgorithm
    {
        try
        {
            import(key);
            return key;
        }
        catch (CryptographicException)
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>PrivateKeyInfo ::= SEQUENCE { version, AlgorithmIdentifier … }; null for anything else.</summary>
    private static string? Family(byte[] der)
    {
        try
        {
            var info = new AsnReader(der, AsnEncodingRules.BER).ReadSequence();
            return info.TryReadInt32(out _) ? info.ReadSequence().ReadObjectIdentifier() : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>RSAPrivateKey ::= SEQUENCE { version, modulus … } (RFC 8017) or ECPrivateKey ::= SEQUENCE { 1, OCTET STRING … } (RFC 5915).</summary>
    private static bool IsOwnForm(byte[] der, out bool isRsa)
    {
        isRsa = false;
        try
        {
            var info = new AsnReader(der, AsnEncodingRules.BER).ReadSequence();
            if (!info.TryReadInt32(out var version))
            {
                return false;
            }

            isRsa = version == 0 && info.PeekTag() == Asn1Tag.Integer;
            return isRsa || (version == 1 && info.PeekTag() == Asn1Tag.PrimitiveOctetString);
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    /// <summary>EncryptedPrivateKeyInfo ::= SEQUENCE { AlgorithmIdentifier, OCTET STRING }.</summary>
    private static bool IsEncrypted(byte[] der)
    {
        try
        {
            var info = new AsnReader(der, AsnEncodingRules.BER).ReadSequence();
            info.ReadSequence().ReadObjectIdentifier();
            info.ReadOctetString();
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static bool Good(out KeyFault? fault)
    {
        fault = null;
        return true;
    }

    private static bool Refuse(KeyFaultCode code, string problem, string remedy, [NotNullWhen(false)] out KeyFault? fault)
    {
        fault = new KeyFault(code, problem, remedy);
        return false;
    }
}
