using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Keys;
using Tunduk.Evidence.Timestamps;

namespace Tunduk.Adapter.Trust;

/// <summary>
/// Gets time-stamps (RFC 3161) from the first of several authorities that gives a good one, and knows for how long none did.
/// </summary>
internal sealed class TimestampService
{
    private readonly List<Authority> authorities = [];
    private readonly TimestampOptions options;
    private readonly AuthorityClient client;
    private readonly TimeProvider clock;
    private readonly DateTimeOffset started;
    private volatile IReadOnlyList<string> lastAttempts = [];
    private int preferred;
    private long lastGood;

    private TimestampService(TimestampOptions options, AuthorityClient client, TimeProvider clock)
    {
        this.options = options;
        this.client = client;
        this.clock = clock;
        started = clock.GetUtcNow();
    }

    /// <summary>True when authorities are configured.</summary>
    public bool IsOn => authorities.Count > 0;

    /// <summary>The last good stamp; null before the first.</summary>
    public DateTimeOffset? LastGood => Interlocked.Read(ref lastGood) is var ticks and not 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Address of the authority that answered last; null before the first answer.</summary>
    public string? LastAuthority { get; private set; }

    /// <summary>True when no authority gave a stamp for longer than allowed: nothing is sent until one does.</summary>
    public bool IsOverdue => IsOn && clock.GetUtcNow() - (LastGood ?? started) > options.MaximumGap;

    /// <summary>The authorities' roots, for inventories.</summary>
    public IEnumerable<(string Address, X509Certificate2 Anchor)> Anchors => authorities.SelectMany(authority => authority.Trust.Anchors.Select(anchor => (authority.Options.Address, anchor)));

    /// <summary>Reads the authorities' roots; one that cannot be read is a fault of the configuration.</summary>
    public static TimestampService Create(TrustOptions trust, Func<string, string> resolve, AuthorityClient client, TimeProvider clock, List<SettingFault> faults)
    {
        var service = new TimestampService(trust.Timestamps, client, clock);
        for (var i = 0; i < trust.Timestamps.Authorities.Count; i++)
        {
            var entry = trust.Timestamps.Authorities[i];
            var anchors = ReadAnchors(entry, i, resolve, faults);
            service.authorities.Add(new Authority(entry, new TimestampTrust { Anchors = anchors, Policies = entry.Policies, AllowedSkew = trust.ClockSkew }));
        }

        return service;
    }

    /// <summary>Whose stamps in an archive count: of every configured authority, whatever policy it had then. Null where none is configured.</summary>
    public static TimestampTrust? TrustOf(TrustOptions trust, Func<string, string> resolve, List<SettingFault> faults)
    {
        var anchors = new X509Certificate2Collection();
        for (var i = 0; i < trust.Timestamps.Authorities.Count; i++)
        {
            anchors.AddRange(ReadAnchors(trust.Timestamps.Authorities[i], i, resolve, faults));
        }

        return anchors.Count == 0 ? null : new TimestampTrust { Anchors = anchors, AllowedSkew = trust.ClockSkew };
    }

    private static X509Certificate2Collection ReadAnchors(TimestampAuthorityOptions authority, int number, Func<string, string> resolve, List<SettingFault> faults)
    {
        var anchors = new X509Certificate2Collection();
        foreach (var file in authority.Anchors)
        {
            if (KeyPairFile.TryReadCertificates(resolve(file), out var certificates, out var fault))
            {
                anchors.AddRange(certificates);
            }
            else
            {
                faults.Add(fault.Of($"Trust:Timestamps:Authorities:{number}:Anchors"));
            }
        }

        return anchors;
    }

    /// <summary>Why no exchange is sent; null while one is.</summary>
    public string? Problem() => IsOverdue
        ? Phrases.Of("Trust.TimestampOverdueNoTime", string.Join("; ", lastAttempts))
        : null;

    /// <summary>Why the last stamp was not given, and whether that stops exchanges.</summary>
    public IEnumerable<string> Alarms()
    {
        if (IsOn && lastAttempts.Count > 0)
        {
            yield return Phrases.Of("Trust.TimeStamps", string.Join("; ", lastAttempts), IsOverdue ? Phrases.Of("Trust.OverdueNothingSent") : "");
        }
    }

    /// <summary>Stamps a digest.</summary>
    public async Task<TimestampStamp> StampAsync(ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken)
    {
        var attempts = new List<string>();
        for (var i = 0; i < authorities.Count; i++)
        {
            var at = (Volatile.Read(ref preferred) + i) % authorities.Count;
            var (entry, trust) = authorities[at];
            var request = TimestampRequest.Create(sha256, RandomNumberGenerator.GetBytes(16), entry.Policies.Count > 0 ? entry.Policies[0] : null);
            var asked = clock.GetUtcNow();
            var (body, fault) = await client.AskAsync(new Uri(entry.Address), (TimestampRequest.MediaType, request.Encoded), TimestampVerifier.MaximumLength, entry.Timeout, entry.AllowLocalAddresses, cancellationToken);
            if (body is null)
            {
                attempts.Add($"{entry.Address}: {fault}");
                continue;
            }

            var verified = TimestampVerifier.VerifyResponse(body, request, trust, asked, clock.GetUtcNow());
            if (!verified.IsValid)
            {
                attempts.Add($"{entry.Address}: {verified.CodeName}{(verified.SkewSeconds is { } skew ? $" ({skew:0.###} s)" : "")}");
                continue;
            }

            Volatile.Write(ref preferred, at);
            Interlocked.Exchange(ref lastGood, clock.GetUtcNow().UtcTicks);
            lastAttempts = [];
            LastAuthority = entry.Address;
            return new TimestampStamp(verified, entry.Address, attempts);
        }

        lastAttempts = attempts;
        return new TimestampStamp(null, null, attempts);
    }

    private sealed record Authority(TimestampAuthorityOptions Options, TimestampTrust Trust);
}
