using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Keys;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Trust;

namespace Tunduk.Adapter.Cli;

/// <summary><c>keys show</c>: every configured certificate with what ends when, or what is wrong with one file.</summary>
internal static class KeysShowCommand
{
    private const int LargestAnswer = 4 * 1024 * 1024;

    /// <summary>How long the running adapter is waited for.</summary>
    private static readonly TimeSpan LongestAsk = TimeSpan.FromSeconds(20);

    public static Command Create()
    {
        var input = new Argument<string?>("file") { Description = Phrases.Of("Cli.CertificateKeyPkcs12"), Arity = ArgumentArity.ZeroOrOne };
        var key = new Option<string?>("--key") { Description = Phrases.Of("Cli.PrivateKeyCertificateFile") };
        var (module, file, variable) = (KeysCommand.ModuleOption(), KeysCommand.PasswordFileOption(), KeysCommand.PasswordVariableOption());
        var config = Commands.ConfigOption();
        var json = Commands.JsonOption();
        var ask = new Option<bool>("--ask") { Description = Phrases.Of("Cli.AskAuthoritiesTrustRevocation") };
        var command = new Command("show", Phrases.Of("Cli.ShowEveryCertificatePlay")) { input, key, module, file, variable, config, json, ask };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(input) is not { } one)
            {
                return ShowConfigured(parsed.GetValue(config)!, parsed.GetValue(json), parsed.GetValue(ask));
            }

            if (!SecretFile.TryReadLine(parsed.GetValue(file), parsed.GetValue(variable), out var password, out var fault))
            {
                return KeysCommand.NotOk(fault);
            }

            return TokenUri.IsOne(one) ? ShowToken(null, one, parsed.GetValue(module), password)
                : TokenUri.IsOne(parsed.GetValue(key) ?? "") ? ShowToken(one, parsed.GetValue(key)!, parsed.GetValue(module), password)
                : ShowFile(one, parsed.GetValue(key), password);
        });
        return command;
    }

    private static int ShowToken(string? certificateFile, string key, string? module, string? pin)
    {
        if (!TokenUri.TryParse(key, out var uri, out var fault) || !TokenSession.TryOpen(uri, module ?? "", pin, TokenSession.OpenLimit, TimeProvider.System, out var opened, out fault))
        {
            return KeysCommand.NotOk(fault);
        }

        using (opened)
        {
            if ((KeyStrength.Check(key, opened) ?? SigningKeyLoader.Refuses(key, opened, SigningKeyLoader.Usual(opened))) is { } unfit)
            {
                return KeysCommand.NotOk(unfit);
            }

            Output.Line(Phrases.Of("Cli.PrivateKeyTokenSigns", uri, KeyStrength.Describe(opened)));
            if (certificateFile is null)
            {
                Output.Line(Phrases.Of("Cli.KeysShowCertificateKey", uri, module));
                return Output.Ok;
            }

            if (!SigningKeyLoader.TryFindCertificate(certificateFile, key, opened, out var certificate, out fault))
            {
                return KeysCommand.NotOk(fault);
            }

            return ShowSigner(certificateFile, key, certificate, opened, "");
        }
    }

    private static int ShowFile(string file, string? keyFile, string? password)
    {
        if (!SecretFile.TryRead(file, static bytes => KeyFileContents.IsPublic(bytes), out var content, out var fault))
        {
            return KeysCommand.NotOk(fault);
        }

        try
        {
            return keyFile is not null ? ShowPair(file, keyFile, password)
                : KeyFileContents.Of(content) switch
                {
                    KeyFileContent.Certificate => ShowCertificates(file),
                    KeyFileContent.PrivateKey => ShowKey(file, content, password),
                    _ => ShowPair(file, null, password),
                };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private static int ShowPair(string file, string? keyFile, string? password)
    {
        if (!KeyPairFile.TryRead(file, keyFile, password, out var pair, out var fault))
        {
            return KeysCommand.NotOk(fault);
        }

        using (pair)
        {
            using var key = PublicHalf(pair.Certificate);
            return ShowSigner(file, keyFile ?? file, pair.Certificate, key, Phrases.Of("Cli.OtherCertificatesFile", pair.Others.Count));
        }
    }

    /// <summary>A certificate with its key, and whether counterparties take what it signs.</summary>
    private static int ShowSigner(string file, string keyPlace, X509Certificate2 certificate, AsymmetricAlgorithm? key, string more)
    {
        var (now, use) = (TimeProvider.System.GetUtcNow(), new CertificateUse("signing", file, certificate, Phrases.Of("Cli.WhateverSigns")));
        Print(use, now);
        if (((key is null ? null : KeyStrength.Check(keyPlace, key)) ?? KeyStrength.Check(file, certificate)) is { } unfit)
        {
            return KeysCommand.NotOk(unfit);
        }

        Output.Line(Phrases.Of("Cli.KeyBelongsCertificate", KeyStrength.Describe(key!), more));
        return use.DaysLeft(now) >= 0 && now >= use.From ? Output.Ok : Output.NotOk;
    }

    private static int ShowCertificates(string file)
    {
        if (!KeyPairFile.TryReadCertificates(file, out var certificates, out var fault))
        {
            return KeysCommand.NotOk(fault);
        }

        foreach (var certificate in certificates)
        {
            Print(new CertificateUse("certificate", file, certificate, Phrases.Of("Cli.WhateverRests")), TimeProvider.System.GetUtcNow());
            fault ??= KeyStrength.Check(file, certificate, isSigner: !IsAuthority(certificate));
        }

        Output.Line(Phrases.Of("Cli.HoldsNoPrivateKey", file, certificates.Count == 1 ? Phrases.Of("Cli.Certificate") : Phrases.Of("Cli.Certificates", certificates.Count), certificates.Count == 1 ? Phrases.Of("Cli.It") : Phrases.Of("Cli.Them")));
        return fault is null ? Output.Ok : KeysCommand.NotOk(fault);
    }

    private static int ShowKey(string file, byte[] content, string? password)
    {
        if (!PrivateKeyFile.TryRead(file, content, password, out var key, out var fault))
        {
            return KeysCommand.NotOk(fault);
        }

        using (key)
        {
            if (KeyStrength.Check(file, key) is { } weak)
            {
                return KeysCommand.NotOk(weak);
            }

            Output.Line(Phrases.Of("Cli.HoldsPrivateKeyNo", file, KeyStrength.Describe(key)));
            return Output.Ok;
        }
    }

    /// <summary>An authority's certificate signs certificates, not messages.</summary>
    private static bool IsAuthority(X509Certificate2 certificate) => certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority);

    private static AsymmetricAlgorithm? PublicHalf(X509Certificate2 certificate) => (AsymmetricAlgorithm?)certificate.GetRSAPublicKey() ?? certificate.GetECDsaPublicKey();

    private static int ShowConfigured(string config, bool asJson, bool isAsking)
    {
        var faults = new List<SettingFault>(AdapterConfiguration.Load(config, out var configuration));
        var now = TimeProvider.System.GetUtcNow();
        var shown = new List<CertificateUse>();
        SigningKeys? keys = null;
        if (configuration is not null)
        {
            keys = SigningKeys.Load(configuration.Options, configuration.Resolve, faults);
            var inventory = new CertificateInventory(configuration, TimeProvider.System);
            inventory.Add(() => keys is null ? CertificateInventory.Signing(configuration) : CertificateInventory.Of(keys));
            if (isAsking)
            {
                Ask(configuration, inventory, faults);
            }

            shown.AddRange(inventory.All);
        }

        using (keys)
        {
            var rows = Joined([.. shown.Select(use => use.ToRow(now))], configuration is null ? [] : Running(configuration.Options.Listen.Admin.Address));
            if (asJson)
            {
                Output.Json(new { certificates = rows, faults = faults.Select(fault => fault.ToString()) });
            }
            else
            {
                rows.ForEach(Print);
                faults.ForEach(fault => Output.Line(Phrases.Of("Cli.FaultAlone", fault)));
            }

            return faults.Count == 0 && rows.TrueForAll(row => row is { DaysLeft: >= 0, Revocation: not "revoked" }) ? Output.Ok : Output.NotOk;
        }
    }

    /// <summary>What the running adapter knows: certificates of counterparties and security servers, last uses, revocation. None where none runs.</summary>
    private static IReadOnlyList<CertificateRow> Running(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var admin))
        {
            return [];
        }

        using var http = new HttpClient { Timeout = LongestAsk, MaxResponseContentBufferSize = LargestAnswer };
        try
        {
            using var response = http.GetAsync(new Uri(admin, "health/ready")).GetAwaiter().GetResult();
            return response.Content.ReadFromJsonAsync<HealthReport>().GetAwaiter().GetResult()?.Certificates ?? [];
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or JsonException or NotSupportedException)
        {
            return [];
        }
    }

    private static List<CertificateRow> Joined(List<CertificateRow> own, IReadOnlyList<CertificateRow> running)
    {
        static (string, string, string) Of(CertificateRow row) => (row.Kind, row.Name, row.Sha256);
        var known = running.ToLookup(Of);
        var rows = own.ConvertAll(row => known[Of(row)].FirstOrDefault() is { } live && row.Revocation is null
            ? row with { LastUse = live.LastUse, Revocation = live.Revocation, RevocationAgeSeconds = live.RevocationAgeSeconds, Warning = live.Warning }
            : row with { LastUse = known[Of(row)].FirstOrDefault()?.LastUse });
        var configured = own.Select(Of).ToHashSet();
        return [.. rows.Concat(running.Where(row => !configured.Contains(Of(row)))).OrderBy(row => row.ValidUntil)];
    }

    private static void Ask(AdapterConfiguration configuration, CertificateInventory inventory, List<SettingFault> faults)
    {
        using var client = new AuthorityClient(CounterpartyTrust.ReadAnchors(configuration, faults), TimeProvider.System);
        var revocation = RevocationService.Create(configuration.Options.Trust, configuration.Resolve, client, TimeProvider.System, faults);
        inventory.Judge(() => revocation);
        foreach (var use in inventory.All.Where(use => use.IsOwn))
        {
            revocation.CheckOwnAsync(use.Certificate).GetAwaiter().GetResult();
        }
    }

    private static void Print(CertificateUse use, DateTimeOffset now) => Print(use.ToRow(now));

    private static void Print(CertificateRow row)
    {
        Output.Line(row.ToString());
        if (row.Warning is { } warning)
        {
            Output.Line(Phrases.Of("Cli.WarningGiven", warning));
        }
    }
}
