using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace Tunduk.Adapter.Keys;

/// <summary>
/// A PKCS#11 library, asked directly for what OpenSSL's engine does not tell: whether token, PIN and key are there, and for a
/// new key pair. Signing goes through the engine (<see cref="TokenKey"/>).
/// </summary>
/// <remarks>
/// The engine tries a wrong PIN twice and says no more than "failed"; here it is tried once, not at all when the token says
/// that one try is left, and each outcome has its words. Functions by their place in CK_FUNCTION_LIST (PKCS #11 v2.40 §5).
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class TokenModule
{
    private const uint PrivateKeyClass = 3;
    private const uint AttributeClass = 0;
    private const uint AttributeLabel = 3;
    private const uint AttributeId = 0x102;
    private const ulong PinBlocked = 0x40000;
    private const ulong PinFinalTry = 0x20000;
    private const ulong PinSet = 0x8;
    private readonly nint functions;

    private TokenModule(nint functions) => this.functions = functions;

    private delegate nuint GetFunctionList(out nint list);

    private delegate nuint Initialize(byte[] arguments);

    private delegate nuint GetSlotList(byte tokenPresent, nuint[]? slots, ref nuint count);

    private delegate nuint GetTokenInfo(nuint slot, byte[] info);

    private delegate nuint OpenSession(nuint slot, nuint flags, nint application, nint notify, out nuint session);

    private delegate nuint CloseSession(nuint session);

    private delegate nuint Login(nuint session, nuint user, byte[] pin, nuint length);

    private delegate nuint FindObjectsInit(nuint session, TokenAttribute[] template, nuint count);

    private delegate nuint FindObjects(nuint session, nuint[] objects, nuint most, out nuint count);

    private delegate nuint FindObjectsFinal(nuint session);

    private delegate nuint GenerateKeyPair(
        nuint session, ref TokenMechanism mechanism, TokenAttribute[] open, nuint openCount, TokenAttribute[] secret, nuint secretCount, out nuint publicKey, out nuint privateKey);

    /// <summary>Loads and initialises a library; it stays loaded.</summary>
    public static bool TryLoad(string library, [NotNullWhen(true)] out TokenModule? module, [NotNullWhen(false)] out KeyFault? fault)
    {
        module = null;
        fault = new KeyFault(KeyFaultCode.TokenModule, Phrases.Of("Keys.Pkcs11LibraryCannot", library), Phrases.Of("Keys.NameTokenMakerLibrary"));
        if (!NativeLibrary.TryLoad(library, out var handle) || !NativeLibrary.TryGetExport(handle, "C_GetFunctionList", out var entry)
            || Marshal.GetDelegateForFunctionPointer<GetFunctionList>(entry)(out var list) != 0)
        {
            return false;
        }

        var loaded = new TokenModule(list);

        // CK_C_INITIALIZE_ARGS with CKF_OS_LOCKING_OK: the engine signs from another thread. Initialised before (0x191) is as good.
        var arguments = new byte[48];
        arguments[32] = 2;
        var result = loaded.Function<Initialize>(0)(arguments);
        if (result is not (0 or 0x191))
        {
            fault = Failed(Phrases.Of("Keys.LibraryStart"), result);
            return false;
        }

        module = loaded;
        fault = null;
        return true;
    }

    /// <summary>Finds token and key and tries the PIN once; null when all are there.</summary>
    public KeyFault? Check(TokenUri uri, string pin)
    {
        if (Open(uri, pin, forWriting: false, out var session) is { } fault)
        {
            return fault;
        }

        try
        {
            return CountKeys(session, uri) switch
            {
                1 => null,
                0 => new KeyFault(KeyFaultCode.TokenObject, Phrases.Of("Keys.TokenNoPrivateKey", uri), Phrases.Of("Keys.Pkcs11ToolLoginList")),
                var many => new KeyFault(KeyFaultCode.TokenObject, Phrases.Of("Keys.PrivateKeysTokenMeant", many, uri), Phrases.Of("Keys.NameIdToo")),
            };
        }
        finally
        {
            Function<CloseSession>(13)(session);
        }
    }

    /// <summary>Makes a key pair that never leaves the token: sensitive, not extractable, for signing alone.</summary>
    /// <param name="uri">Token and name of the new key.</param>
    /// <param name="pin">PIN.</param>
    /// <param name="rsaBits">Bits of an RSA key; 0 for a curve.</param>
    /// <param name="curve">DER of the curve's object identifier; empty for RSA.</param>
    public KeyFault? Generate(TokenUri uri, string pin, int rsaBits, byte[] curve)
    {
        if (Open(uri, pin, forWriting: true, out var session) is { } fault)
        {
            return fault;
        }

        try
        {
            if (CountKeys(session, uri) > 0)
            {
                return new KeyFault(KeyFaultCode.TokenObject, Phrases.Of("Keys.TokenPrivateKey", uri), Phrases.Of("Keys.KeyNeverOverwrittenChoose"));
            }

            using var template = new TokenTemplate();
            var label = Encoding.UTF8.GetBytes(uri.Object ?? "");
            var id = uri.Id.IsEmpty ? System.Security.Cryptography.RandomNumberGenerator.GetBytes(8) : uri.Id.ToArray();
            TokenAttribute[] both = [template.True(1), template.Bytes(AttributeLabel, label), template.Bytes(AttributeId, id)];
            TokenAttribute[] open = rsaBits > 0
                ? [.. both, template.True(0x10A), template.Number(0x121, (nuint)rsaBits), template.Bytes(0x122, [1, 0, 1])]
                : [.. both, template.True(0x10A), template.Bytes(0x180, curve)];
            TokenAttribute[] secret = [.. both, template.True(2), template.True(0x103), template.False(0x162), template.True(0x108)];
            var mechanism = new TokenMechanism { Type = rsaBits > 0 ? 0u : 0x1040u };
            var result = Function<GenerateKeyPair>(59)(session, ref mechanism, open, (nuint)open.Length, secret, (nuint)secret.Length, out _, out _);
            return result == 0 ? null : Failed(Phrases.Of("Keys.NewKeyPair"), result);
        }
        finally
        {
            Function<CloseSession>(13)(session);
        }
    }

    private KeyFault? Open(TokenUri uri, string pin, bool forWriting, out nuint session)
    {
        session = 0;
        if (FindToken(uri, out var slot, out var flags) is { } missing)
        {
            return missing;
        }

        if (Refuse(flags) is { } refused)
        {
            return refused;
        }

        var result = Function<OpenSession>(12)(slot, forWriting ? 6u : 4u, 0, 0, out session);
        if (result != 0)
        {
            return Failed(Phrases.Of("Keys.Session"), result);
        }

        var bytes = Encoding.UTF8.GetBytes(pin);
        result = Function<Login>(18)(session, 1, bytes, (nuint)bytes.Length);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(bytes);
        if (result is 0 or 0x100)
        {
            return null;
        }

        Function<CloseSession>(13)(session);
        return result switch
        {
            0xA0 or 0xA1 or 0xA2 => new KeyFault(KeyFaultCode.PinWrong, Phrases.Of("Keys.TokenPinWrong"), Phrases.Of("Keys.CorrectConfiguredPinBefore")),
            0xA4 => new KeyFault(KeyFaultCode.PinBlocked, Phrases.Of("Keys.TokenBlockedPin"), Phrases.Of("Keys.UnblockSecurityOfficerPin")),
            _ => Failed(Phrases.Of("Keys.Login"), result),
        };
    }

    /// <summary>What the token says of its user PIN before anybody tries it (CK_TOKEN_INFO); null where it may be tried.</summary>
    public static KeyFault? Refuse(ulong flags)
    {
        if ((flags & (PinBlocked | PinFinalTry)) != 0)
        {
            return new KeyFault(
                KeyFaultCode.PinBlocked,
                (flags & PinBlocked) != 0 ? Phrases.Of("Keys.TokenBlockedPin") : Phrases.Of("Keys.TryTokenPinLeft"),
                Phrases.Of("Keys.UnblockSecurityOfficerPinPkcs11"));
        }

        return (flags & PinSet) == 0
            ? new KeyFault(KeyFaultCode.PinBlocked, Phrases.Of("Keys.TokenNoUserPin"), Phrases.Of("Keys.SetSecurityOfficerPin"))
            : null;
    }

    private KeyFault? FindToken(TokenUri uri, out nuint slot, out ulong flags)
    {
        (slot, flags) = (0, 0);
        nuint count = 0;
        var list = Function<GetSlotList>(4);
        var result = list(1, null, ref count);
        var slots = new nuint[(int)count];
        result = result == 0 && count > 0 ? list(1, slots, ref count) : result;
        if (result != 0)
        {
            return Failed(Phrases.Of("Keys.ListTokens"), result);
        }

        foreach (var candidate in slots.Take((int)count))
        {
            // CK_TOKEN_INFO: label 32, manufacturer 32, model 16, serial number 16, flags; padded with blanks.
            var info = new byte[256];
            if (Function<GetTokenInfo>(6)(candidate, info) == 0
                && (uri.Token is null || Encoding.UTF8.GetString(info, 0, 32).TrimEnd(' ', '\0') == uri.Token)
                && (uri.Serial is null || Encoding.UTF8.GetString(info, 80, 16).TrimEnd(' ', '\0') == uri.Serial))
            {
                (slot, flags) = (candidate, BitConverter.ToUInt64(info, 96));
                return null;
            }
        }

        return new KeyFault(KeyFaultCode.TokenMissing, Phrases.Of("Keys.TokenNotPluggedOthers", uri, count), Phrases.Of("Keys.PlugCheckNamePkcs11"));
    }

    private int CountKeys(nuint session, TokenUri uri)
    {
        using var template = new TokenTemplate();
        var attributes = new List<TokenAttribute> { template.Number(AttributeClass, PrivateKeyClass) };
        if (uri.Object is { } label)
        {
            attributes.Add(template.Bytes(AttributeLabel, Encoding.UTF8.GetBytes(label)));
        }

        if (!uri.Id.IsEmpty)
        {
            attributes.Add(template.Bytes(AttributeId, uri.Id.ToArray()));
        }

        if (Function<FindObjectsInit>(26)(session, [.. attributes], (nuint)attributes.Count) != 0)
        {
            return 0;
        }

        var found = Function<FindObjects>(27)(session, new nuint[8], 8, out var count) == 0 ? (int)count : 0;
        Function<FindObjectsFinal>(28)(session);
        return found;
    }

    private static KeyFault Failed(string what, nuint result) =>
        new(KeyFaultCode.TokenFailed, Phrases.Of("Keys.TokenRefusedCkr0x", what, (ulong)result), Phrases.Of("Keys.TokenMakerManualExplains"));

    /// <summary>A function of the list: a version of two bytes, padded, then pointers.</summary>
    private TDelegate Function<TDelegate>(int index)
        where TDelegate : Delegate =>
        Marshal.GetDelegateForFunctionPointer<TDelegate>(Marshal.ReadIntPtr(functions, nint.Size * (index + 1)));
}
