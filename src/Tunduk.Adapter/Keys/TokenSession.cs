using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;

namespace Tunduk.Adapter.Keys;

/// <summary>
/// A key in a token, through a helper process. A session that ended (a token pulled out, a library that crashed or hangs) is
/// begun anew by the next operation, at most once every <see cref="RetryAfter"/>: nobody has to restart anything.
/// </summary>
/// <remarks>Operations of one session run one after another.</remarks>
internal sealed class TokenSession : IDisposable
{
    /// <summary>How long a failure serves: a token that is away is not looked for by each message anew.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(3);

    /// <summary>Longest time to open a key: library, token, PIN, key.</summary>
    public static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(30);

    /// <summary>Longest time to make a key pair; smart cards need minutes for a long one.</summary>
    private static readonly TimeSpan GenerateLimit = TimeSpan.FromMinutes(5);

    private readonly TokenUri uri;
    private readonly string library;
    private readonly string pin;
    private readonly TimeSpan limit;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private volatile TokenProcess? helper;
    private volatile bool isDisposed;
    private byte[]? publicKey;
    private (KeyFault Fault, DateTimeOffset Until)? failed;

    private TokenSession(TokenUri uri, string library, string pin, TimeSpan limit, TimeProvider clock)
    {
        this.uri = uri;
        this.library = library;
        this.pin = pin;
        this.limit = limit;
        this.clock = clock;
    }

    /// <summary>Id of the helper process; null where none runs.</summary>
    public int? HelperId => helper?.Id;

    private static KeyFault NoPin => new(KeyFaultCode.PinMissing, Phrases.Of("Keys.NoPinTokenConfigured"), Phrases.Of("Keys.NamePasswordFileFirstLine"));

    private static KeyFault NoHelper => new(KeyFaultCode.TokenFailed, Phrases.Of("Keys.HelperProcessTokensCannot"), Phrases.Of("Keys.AdapterStartsOwnProgram"));

    /// <summary>Opens a key. A missing PIN is found before any library is called.</summary>
    /// <param name="uri">Token and key.</param>
    /// <param name="library">PKCS#11 library.</param>
    /// <param name="pin">PIN.</param>
    /// <param name="limit">Longest time of one operation; after it the helper is ended and a new one asked.</param>
    /// <param name="clock">Clock of the limits.</param>
    /// <param name="key">The key: <see cref="TokenRsa"/> or <see cref="TokenEcdsa"/>.</param>
    /// <param name="fault">Why there is none.</param>
    public static bool TryOpen(TokenUri uri, string library, string? pin, TimeSpan limit, TimeProvider clock, [NotNullWhen(true)] out AsymmetricAlgorithm? key, [NotNullWhen(false)] out KeyFault? fault)
    {
        key = null;
        if (string.IsNullOrEmpty(pin))
        {
            fault = NoPin;
            return false;
        }

        var session = new TokenSession(uri, library, pin, limit, clock);
        fault = session.Begin() ?? session.TryWrap(out key);
        if (key is null)
        {
            session.Dispose();
        }

        return key is not null;
    }

    /// <summary>Makes a key pair in a token.</summary>
    /// <param name="uri">Token and name of the new key.</param>
    /// <param name="library">PKCS#11 library.</param>
    /// <param name="pin">PIN.</param>
    /// <param name="rsaBits">Bits of an RSA key; 0 for a curve.</param>
    /// <param name="curve">DER of the curve's object identifier; empty for RSA.</param>
    public static KeyFault? Generate(TokenUri uri, string library, string? pin, int rsaBits, byte[] curve)
    {
        if (string.IsNullOrEmpty(pin))
        {
            return NoPin;
        }

        if (!TokenProcess.TryStart(TimeProvider.System, out var started))
        {
            return NoHelper;
        }

        using (started)
        {
            TryAsk(started, TokenCall.Generate, JsonSerializer.SerializeToUtf8Bytes(new TokenOrder(uri.Text, library, pin, rsaBits, curve)), GenerateLimit, out _, out var fault);
            return fault;
        }
    }

    /// <summary>Signs a digest.</summary>
    /// <exception cref="TokenException">The token did not.</exception>
    public byte[] Sign(TokenCall call, HashAlgorithmName hash, ReadOnlySpan<byte> digest) => Ask(call, [(byte)(hash.Name?[^1] ?? 0), .. digest]);

    /// <summary>Asks the helper; one that fails is replaced, and the new one asked once more.</summary>
    /// <exception cref="TokenException">The token did not do it.</exception>
    public byte[] Ask(TokenCall call, ReadOnlySpan<byte> content)
    {
        lock (gate)
        {
            if (helper is { } known && TryAsk(known, call, content, limit, out var answer, out _))
            {
                return answer;
            }

            if (Begin() is { } fault)
            {
                throw new TokenException(fault);
            }

            if (TryAsk(helper!, call, content, limit, out answer, out fault))
            {
                return answer;
            }

            failed = (fault, clock.GetUtcNow() + RetryAfter);
            End();
            throw new TokenException(fault);
        }
    }

    /// <summary>Ends the helper of a key that is no longer in use; an exchange under way that still signs with it begins another.</summary>
    public void Rest() => helper?.End();

    public void Dispose()
    {
        isDisposed = true;
        helper?.Dispose();
    }

    /// <summary>Begins a session in a new helper.</summary>
    private KeyFault? Begin()
    {
        End();
        if (isDisposed)
        {
            return new KeyFault(KeyFaultCode.TokenFailed, Phrases.Of("Keys.KeyLetGo"), Phrases.Of("Keys.AdapterStoppingKeyNo"));
        }

        if (failed is { } last && clock.GetUtcNow() < last.Until)
        {
            return last.Fault;
        }

        var fault = RefusedPins.Find(uri, pin) ?? Open();
        failed = fault is null ? null : (fault, clock.GetUtcNow() + RetryAfter);
        if (fault?.Code == KeyFaultCode.PinWrong)
        {
            RefusedPins.Add(uri, pin);
        }

        return fault;
    }

    private KeyFault? Open()
    {
        if (!TokenProcess.TryStart(clock, out var started))
        {
            return NoHelper;
        }

        if (!TryAsk(started, TokenCall.Open, JsonSerializer.SerializeToUtf8Bytes(new TokenOrder(uri.Text, library, pin)), OpenLimit, out var found, out var fault))
        {
            started.Dispose();
            return fault;
        }

        helper = started;
        if (isDisposed)
        {
            started.Dispose();
        }

        // Another token of the same name, put in the first one's place, signs nothing under the first one's certificate.
        if (publicKey is not null && !publicKey.AsSpan().SequenceEqual(found))
        {
            End();
            return new KeyFault(KeyFaultCode.KeyPair, Phrases.Of("Keys.KeyAnotherThanBefore", uri), Phrases.Of("Keys.PutTokenBackNew"));
        }

        publicKey = found;
        return null;
    }

    private KeyFault? TryWrap(out AsymmetricAlgorithm? key)
    {
        try
        {
            key = IsRsa(publicKey!) ? new TokenRsa(this, publicKey!) : new TokenEcdsa(this, publicKey!);
            return null;
        }
        catch (CryptographicException)
        {
            key = null;
            return new KeyFault(KeyFaultCode.KeyFamily, Phrases.Of("Keys.KeyNeitherRsaNorEc", uri), Phrases.Of("Keys.MakeKeyRsaP"));
        }
    }

    private static bool IsRsa(byte[] publicKey)
    {
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportSubjectPublicKeyInfo(publicKey, out _);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private void End()
    {
        helper?.Dispose();
        helper = null;
    }

    private static bool TryAsk(TokenProcess helper, TokenCall call, ReadOnlySpan<byte> content, TimeSpan limit, [NotNullWhen(true)] out byte[]? answer, [NotNullWhen(false)] out KeyFault? fault)
    {
        (answer, fault) = (null, null);
        if (helper.Ask(call, content, limit) is not { } given)
        {
            fault = new KeyFault(KeyFaultCode.TokenFailed, Phrases.Of("Keys.TokenLibraryGaveNo"), Phrases.Of("Keys.AskTokenMakerPkcs11"));
            return false;
        }

        if (given.Call == TokenCall.Done)
        {
            answer = given.Content;
            return true;
        }

        fault = JsonSerializer.Deserialize<KeyFault>(given.Content)!;
        return false;
    }
}
