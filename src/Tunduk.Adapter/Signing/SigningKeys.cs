using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Keys;
using Tunduk.Adapter.Sandbox.Pki;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Signing;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Signing;

/// <summary>
/// The owner's IS signing keys: several for one subsystem while one takes over from another, loaded anew without a restart.
/// Keys never leave this folder's types.
/// </summary>
internal sealed class SigningKeys : ICheckpointKeys, IReloadable, IDisposable
{
    private readonly TimeProvider clock;

    /// <summary>Every key ever loaded: exchanges under way may hold one that the settings no longer name.</summary>
    private readonly HashSet<SigningKey> everLoaded = [];
    private volatile IReadOnlyList<SigningKey> signers = [];
    private volatile bool isTokenAwaited;
    private volatile Current current;
    private volatile IReadOnlyList<ReadOnlyMemory<byte>> ownCertificates = [];

    private SigningKeys(Current current, TimeProvider clock)
    {
        this.current = current;
        this.clock = clock;
        Keep(current);
    }

    /// <summary>Every configured key, for inventories.</summary>
    public IReadOnlyCollection<SigningKey> All => current.ByName.Values;

    /// <summary>The key checkpoints and manifests are signed with now: that of the first own subsystem. The log names another one before it signs.</summary>
    public IMessageSigner LogKey => Choose(current.First, clock.GetUtcNow()).Checkpoints;

    ICheckpointSigner ICheckpointKeys.Current => new CheckpointSigner(LogKey);

    /// <summary>The keys of the first own subsystem: each of them signs checkpoints in its time.</summary>
    public IEnumerable<IMessageSigner> LogKeys => current.First.Select(key => key.Checkpoints);

    /// <summary>The key that signed a checkpoint; the one in use where none of ours did.</summary>
    public IMessageSigner SignerOf(SignedCheckpoint? checkpoint) =>
        signers.Select(key => key.Checkpoints).FirstOrDefault(signer => checkpoint is not null && CheckpointNote.Verify(checkpoint, signer.Certificate.PublicKey.ExportSubjectPublicKeyInfo())) ?? LogKey;

    /// <remarks>A key that the settings no longer name and whose token failed signs nothing any more: the change is said without it.</remarks>
    ICheckpointSigner? ICheckpointKeys.Find(LogKey key) => signers.Where(signer => signer.Queue is not { IsBroken: true } || current.ByName.ContainsValue(signer)).Select(signer => new CheckpointSigner(signer.Checkpoints)).FirstOrDefault(signer => Evidence.Log.LogKey.Of(signer).Equals(key));

    /// <summary>SHA-256 of every certificate of ours since the start: a signature by one of them is a copy of our own.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> OwnCertificates => ownCertificates;

    /// <summary>Loads every configured key; what is wrong with one is a fault of the configuration.</summary>
    public static SigningKeys? Load(AdapterOptions options, Func<string, string> resolve, List<SettingFault> faults, TimeProvider? time = null)
    {
        var clock = time ?? TimeProvider.System;
        return Current.Load(options, resolve, [], clock, faults) is { } current ? new SigningKeys(current, clock) : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Settings =>
        [nameof(AdapterOptions.Keys), $"{nameof(AdapterOptions.Own)}:*:{nameof(OwnSubsystemOptions.SigningKey)}", $"{nameof(AdapterOptions.Own)}:*:{nameof(OwnSubsystemOptions.NextSigningKeys)}"];

    /// <inheritdoc/>
    /// <remarks>A change that names a token which is not there is taken when it is. One with a wrong PIN waits for its file: each try counts, and the last one blocks the token.</remarks>
    public bool IsBroken => isTokenAwaited;

    /// <summary>Tokens that failed.</summary>
    public IEnumerable<string> Alarms() =>
        current.ByName.Values.Where(key => key.Queue is { IsBroken: true }).Select(key => Phrases.Of("Signing.KeysTokenFailedLast", key.Name, key.Queue!.Failure));

    /// <summary>Own subsystems for which nothing can be signed: the key in use is in a token that failed. The key tries by itself until it signs again.</summary>
    public IEnumerable<string> Problems() =>
        current.ByOwn.Keys.Select(own => (Own: own, Key: Of(own))).Where(pair => pair.Key.Queue is { IsBroken: true })
            .Select(pair => Phrases.Of("Signing.KeysTokenFailedLastSignature", pair.Key.Name, pair.Own));

    /// <inheritdoc/>
    public IEnumerable<string> Files(AdapterConfiguration configuration) =>
        configuration.Options.Keys.Values.SelectMany(key => new[] { key.Certificate, key.Key, key.PasswordFile }).OfType<string>()
            .Where(file => !TokenUri.IsOne(file)).Select(configuration.Resolve);

    /// <inheritdoc/>
    /// <remarks>A key whose settings and files are as they were is kept, be its token there or not.</remarks>
    public Reload? Prepare(AdapterConfiguration changed, List<SettingFault> faults)
    {
        var known = current.ByName.Values.ToDictionary(key => key.Name, StringComparer.Ordinal);
        var before = faults.Count;
        var loaded = Current.Load(changed.Options, changed.Resolve, known, clock, faults);
        isTokenAwaited = faults.Skip(before).Any(fault => fault.Fault.StartsWith("key_token_missing", StringComparison.Ordinal) || fault.Fault.StartsWith("key_token_failed", StringComparison.Ordinal));
        return loaded is { } next
            ? new Reload(() => Take(next), () => Current.Release(next.ByName.Values, known))
            : null;
    }

    /// <summary>The key of an own subsystem now.</summary>
    public SigningKey Of(ClientId own) => Choose(current.ByOwn[own], clock.GetUtcNow());

    /// <summary>The key of an own subsystem, or the first subsystem's for one that is not ours (a fault to an unknown service).</summary>
    public SigningKey OfOrAny(ClientId? own)
    {
        var now = current;
        return Choose(own is { } id && now.ByOwn.TryGetValue(id, out var keys) ? keys : now.First, clock.GetUtcNow());
    }

    /// <summary>Own subsystems that sign with a key.</summary>
    public IEnumerable<ClientId> UsersOf(SigningKey key) => current.ByOwn.Where(entry => entry.Value.Contains(key)).Select(entry => entry.Key);

    public void Dispose()
    {
        foreach (var key in everLoaded)
        {
            key.Dispose();
        }
    }

    /// <summary>Of the keys in force and not revoked the one that came last; where none is, the last, which then says why it cannot sign.</summary>
    private static SigningKey Choose(IReadOnlyList<SigningKey> keys, DateTimeOffset now)
    {
        SigningKey? chosen = null;
        foreach (var key in keys)
        {
            if (!key.IsRevoked && key.From <= now && now >= key.Certificate.NotBefore && now <= key.Certificate.NotAfter && (chosen is null || key.From > chosen.From))
            {
                chosen = key;
            }
        }

        return chosen ?? keys[^1];
    }

    private void Take(Current next)
    {
        Keep(next);
        var before = current;
        current = next;
        foreach (var gone in before.ByName.Values.Except(next.ByName.Values))
        {
            gone.Rest();
        }
    }

    private void Keep(Current next)
    {
        everLoaded.UnionWith(next.ByName.Values);
        ownCertificates = [.. everLoaded.Select(key => key.CertificateSha256)];
        signers = [.. everLoaded];
    }

    private sealed class Current
    {
        public Dictionary<string, SigningKey> ByName { get; } = new(StringComparer.Ordinal);

        public Dictionary<ClientId, IReadOnlyList<SigningKey>> ByOwn { get; } = [];

        public IReadOnlyList<SigningKey> First { get; private set; } = [];

        public static Current? Load(AdapterOptions options, Func<string, string> resolve, Dictionary<string, SigningKey> known, TimeProvider clock, List<SettingFault> faults)
        {
            var before = faults.Count;
            var next = new Current();
            var inSandbox = string.Equals(options.Instance, Sandbox.SandboxNames.Instance, StringComparison.Ordinal);
            foreach (var (name, key) in options.Keys)
            {
                if (SigningKeyLoader.Load(name, key, resolve, known.GetValueOrDefault(name), clock, faults) is not { } loaded)
                {
                    continue;
                }

                next.ByName[name] = loaded;
                if (SandboxMarker.IsMarked(loaded.Certificate) != inSandbox)
                {
                    faults.Add(new SettingFault($"Keys:{name}", inSandbox ? Phrases.Of("Signing.ItIsNotOfTheSandbox") : Phrases.Of("Signing.ItIsOfTheSandbox"), Phrases.Of("Signing.CertificatesSandboxRealWorld")));
                }
            }

            if (faults.Count > before)
            {
                Release(next.ByName.Values, known);
                return null;
            }

            foreach (var own in options.Own)
            {
                next.ByOwn[ClientId.Parse(own.Subsystem)] = [.. own.NextSigningKeys.Prepend(own.SigningKey).Select(name => next.ByName[name])];
            }

            next.First = next.ByOwn[ClientId.Parse(options.Own[0].Subsystem)];
            return next;
        }

        /// <summary>Lets go what was loaded for nothing.</summary>
        public static void Release(IEnumerable<SigningKey> loaded, Dictionary<string, SigningKey> known)
        {
            foreach (var key in loaded.Except(known.Values))
            {
                key.Dispose();
            }
        }
    }
}
