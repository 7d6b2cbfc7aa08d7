using System.Diagnostics.Metrics;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Keys;
using Tunduk.Adapter.Signing;

namespace Tunduk.Adapter.Trust;

/// <summary>Every certificate in play, for <c>keys show</c>, the metrics and <c>/health/ready</c>. Private keys are not read for it.</summary>
internal sealed class CertificateInventory
{
    private readonly List<Func<IEnumerable<CertificateUse>>> sources = [];
    private readonly TimeProvider clock;
    private Func<RevocationService>? revocation;

    /// <summary>An inventory of what the settings name.</summary>
    public CertificateInventory(AdapterConfiguration configuration, TimeProvider clock)
        : this(() => configuration, clock)
    {
    }

    /// <summary>The same for settings that change; files are read once for each reading of the configuration.</summary>
    public CertificateInventory(Func<AdapterConfiguration> configuration, TimeProvider clock)
    {
        this.clock = clock;
        (AdapterConfiguration Of, List<CertificateUse> Found)? known = null;
        sources.Add(() =>
        {
            var now = configuration();
            if (known is not { } read || !ReferenceEquals(read.Of, now))
            {
                known = read = (now, [.. Configured(now)]);
            }

            return read.Found;
        });
    }

    /// <summary>All certificates, the first to end first.</summary>
    public IReadOnlyList<CertificateUse> All => [.. sources.SelectMany(source => source()).Select(Judged).OrderBy(use => use.Until)];

    /// <summary>All certificates as they are shown.</summary>
    public IReadOnlyList<CertificateRow> Rows
    {
        get
        {
            var now = clock.GetUtcNow();
            return [.. All.Select(use => use.ToRow(now))];
        }
    }

    /// <summary>Adds certificates that are known only while the adapter runs, or better then.</summary>
    public void Add(Func<IEnumerable<CertificateUse>> source) => sources.Add(source);

    /// <summary>Shows what is known of revocation beside each certificate.</summary>
    public void Judge(Func<RevocationService> service) => revocation = service;

    /// <summary>What is about to break something.</summary>
    public IEnumerable<string> Alarms()
    {
        var now = clock.GetUtcNow();
        return All.Select(use => use.Warning(now)).OfType<string>();
    }

    /// <summary>Registers <c>tunduk_certificate_days_left</c>, <c>…_revoked</c>, <c>…_revocation_age_seconds</c> and <c>…_unused_seconds</c>.</summary>
    public void Observe(Meter meter)
    {
        Gauge("tunduk_certificate_days_left", "d", "Days until a certificate's end, by kind, name and serial number.", (use, now) => (use.Until - now).TotalDays);
        Gauge("tunduk_certificate_revoked", "", "Revocation of a certificate where it is asked: 0 good, 1 revoked, 2 nobody answers.", (use, _) => use.Revocation switch
        {
            "good" => 0,
            "revoked" => 1,
            null => null,
            _ => 2,
        });
        Gauge("tunduk_certificate_revocation_age_seconds", "s", "Age of what an authority said of a certificate.", (use, now) => use.RevocationKnown is { } known ? (now - known).TotalSeconds : null);
        Gauge("tunduk_certificate_unused_seconds", "s", "Time since the last signature or connection with a certificate, once there was one.", (use, now) => use.LastUse is { } last ? (now - last).TotalSeconds : null);

        void Gauge(string name, string unit, string description, Func<CertificateUse, DateTimeOffset, double?> value) => meter.CreateObservableGauge(
            name,
            () =>
            {
                var now = clock.GetUtcNow();
                return All.Select(use => (Use: use, Value: value(use, now))).Where(pair => pair.Value is not null).Select(pair => new Measurement<double>(
                    pair.Value!.Value,
                    new KeyValuePair<string, object?>("kind", pair.Use.Kind),
                    new KeyValuePair<string, object?>("name", pair.Use.Name),
                    new KeyValuePair<string, object?>("serial", pair.Use.Certificate.SerialNumber)));
            },
            unit,
            description);
    }

    /// <summary>The own signing keys of a running adapter, with their last use.</summary>
    public static IEnumerable<CertificateUse> Of(SigningKeys keys) => keys.All.Select(key =>
        new CertificateUse("signing", $"Keys:{key.Name}", key.Certificate, SigningBreaks(keys.UsersOf(key).Select(own => own.ToString()))) { LastUse = key.LastUse });

    /// <summary>Counterparties' certificates that have signed since the start, with what is known of their revocation.</summary>
    public static IEnumerable<CertificateUse> Of(CounterpartyTrust trust) => trust.Seen.Select(seen =>
        new CertificateUse("counterparty", seen.Counterparty, seen.Signer.Certificate, Phrases.Of("Trust.MessagesRefused", seen.Counterparty)) { LastUse = seen.At });

    private CertificateUse Judged(CertificateUse use)
    {
        var known = revocation?.Invoke().Known(use.Sha256.ToUpperInvariant());
        return known is null ? use : use with
        {
            RevocationKnown = known.ThisUpdate,
            Revocation = known.Verdict switch
            {
                RevocationVerdict.NotAsked => null,
                RevocationVerdict.Good => "good",
                RevocationVerdict.Revoked => "revoked",
                _ => "unanswered",
            },
        };
    }

    /// <summary>The configured signing certificates, read from their files alone.</summary>
    public static IEnumerable<CertificateUse> Signing(AdapterConfiguration configuration)
    {
        foreach (var (name, key) in configuration.Options.Keys)
        {
            var users = configuration.Options.Own.Where(own => own.SigningKey == name || own.NextSigningKeys.Contains(name, StringComparer.Ordinal)).Select(own => own.Subsystem);
            foreach (var certificate in Read(configuration, key.Certificate).Take(1))
            {
                yield return new CertificateUse("signing", $"Keys:{name}", certificate, SigningBreaks(users));
            }
        }
    }

    private static IEnumerable<CertificateUse> Configured(AdapterConfiguration configuration)
    {
        var options = configuration.Options;
        foreach (var (name, listener) in new[] { ("Listen:Is", options.Listen.Is), ("Listen:Grpc", options.Listen.Grpc), ("Listen:SecurityServer", options.Listen.SecurityServer), ("Listen:Admin", options.Listen.Admin) })
        {
            foreach (var certificate in Read(configuration, listener.Address.Length == 0 ? null : listener.Certificate).Take(1))
            {
                yield return new CertificateUse("tls-listener", name, certificate, Phrases.Of("Trust.TakesNoTlsConnections", name));
            }
        }

        foreach (var certificate in Read(configuration, options.SecurityServer.ClientCertificate).Take(1))
        {
            yield return new CertificateUse("tls-client", "SecurityServer:ClientCertificate", certificate, Phrases.Of("Trust.SecurityServerTakesNo"));
        }

        var rest = options.Trust.Anchors.Select(file => ("anchor", "Trust:Anchors", file))
            .Concat(options.Trust.Intermediates.Select(file => ("intermediate", "Trust:Intermediates", file)))
            .Concat(options.Trust.Revocation.Select(entry => ("revocation-authority", "Trust:Revocation", entry.Authority)))
            .Concat(options.Trust.Timestamps.Authorities.SelectMany(authority => authority.Anchors.Select(file => ("timestamp-authority", authority.Address, file))));
        foreach (var (kind, name, file) in rest)
        {
            foreach (var certificate in Read(configuration, file))
            {
                yield return new CertificateUse(kind, name, certificate, kind == "timestamp-authority" ? Phrases.Of("Trust.TimeStampsRefused", name) : Phrases.Of("Trust.WhatIssuedUnderRefused"));
            }
        }
    }

    /// <summary>Certificates of a file; PKCS#12 is left to who loads the key.</summary>
    private static IEnumerable<X509Certificate2> Read(AdapterConfiguration configuration, string? file) =>
        file is not null && KeyPairFile.TryReadCertificates(configuration.Resolve(file), out var certificates, out _) ? certificates : [];

    private static string SigningBreaks(IEnumerable<string> users)
    {
        var all = string.Join(", ", users);
        return all.Length == 0 ? Phrases.Of("Trust.NothingNoOwnSubsystem") : Phrases.Of("Trust.CanSignNothingUnless", all);
    }
}
