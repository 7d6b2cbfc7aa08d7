using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Keys;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Trust;
using Tunduk.Evidence.Trust;

namespace Tunduk.Adapter.Cli;

/// <summary><c>keys show</c>: every configured certificate with what ends when, or what is wrong with one file.</summary>
internal static class KeysShowCommand
{
    public static Command Create()
    {
        var input = new Argument<string?>("file") { Description = "A certificate, key or PKCS#12 file to look at alone; without it the configuration.", Arity = ArgumentArity.ZeroOrOne };
        var key = new Option<string?>("--key") { Description = "The private key of the certificate." };
        var file = KeysCommand.PasswordFileOption();
        var config = Commands.ConfigOption();
        var json = Commands.JsonOption();
        var ask = new Option<bool>("--ask") { Description = "Ask the authorities of Trust:Revocation about the own certificates now." };
        var command = new Command("show", "Show every certificate in play: validity, days left, what breaks at its end, and what is wrong with a key.") { input, key, file, config, json, ask };
        command.SetAction(parsed => parsed.GetValue(input) is { } one
            ? ShowFile(one, parsed.GetValue(key), parsed.GetValue(file))
            : ShowConfigured(parsed.GetValue(config)!, parsed.GetValue(json), parsed.GetValue(ask)));
        return command;
    }

    private static int ShowFile(string file, string? keyFile, string? passwordFile)
    {
        if (!SecretFile.TryReadLine(passwordFile, null, out var password, out var fault) || !SecretFile.TryRead(file, static bytes => KeyFileContents.IsPublic(bytes), out var content, out fault))
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
            var (now, use) = (TimeProvider.System.GetUtcNow(), new CertificateUse("signing", file, pair.Certificate, "whatever signs with it"));
            Print(use, now);
            using var key = PublicHalf(pair.Certificate);
            if (((key is null ? NoFamily(file) : KeyStrength.Check(keyFile ?? file, key)) ?? Usage(file, pair.Certificate)) is { } unfit)
            {
                return KeysCommand.NotOk(unfit);
            }

            Output.Line($"key: {KeyStrength.Describe(key!)}, it belongs to the certificate; {pair.Others.Count} other certificates in the file");
            return use.DaysLeft(now) >= 0 && now >= use.From ? Output.Ok : Output.NotOk;
        }
    }

    private static int ShowCertificates(string file)
    {
        if (!KeyPairFile.TryReadCertificates(file, out var certificates, out var fault))
        {
            return KeysCommand.NotOk(fault);
        }

        foreach (var certificate in certificates)
        {
            Print(new CertificateUse("certificate", file, certificate, "whatever rests on it"), TimeProvider.System.GetUtcNow());
            using var key = PublicHalf(certificate);
            fault ??= key is null ? NoFamily(file) : KeyStrength.Check(file, key);
        }

        Output.Line($"{file} holds {(certificates.Count == 1 ? "a certificate" : $"{certificates.Count} certificates")} and no private key: keys show {file} --key KEY tells whether a key belongs to {(certificates.Count == 1 ? "it" : "one of them")}");
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

            Output.Line($"{file} holds a private key, {KeyStrength.Describe(key)}, and no certificate: keys show CERTIFICATE --key {file} tells whether they belong together, keys csr {file} asks for one");
            return Output.Ok;
        }
    }

    private static KeyFault? Usage(string file, X509Certificate2 certificate) =>
        !KeyRules.AllowsSignatures(certificate)
            ? new KeyFault(KeyFaultCode.CertificateUsage, $"the certificate {file} is not for signatures (key usage)", "Ask the authority for one with digitalSignature or nonRepudiation: counterparties refuse this one.")
            : null;

    private static AsymmetricAlgorithm? PublicHalf(X509Certificate2 certificate) => (AsymmetricAlgorithm?)certificate.GetRSAPublicKey() ?? certificate.GetECDsaPublicKey();

    private static KeyFault NoFamily(string file) => new(KeyFaultCode.KeyFamily, $"the key of {file} is neither RSA nor EC", "Give a certificate of an RSA key, P-256 or P-384.");

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
            if (asJson)
            {
                Output.Json(new { certificates = shown.Select(use => use.ToJson(now)), faults = faults.Select(fault => fault.ToString()) });
            }
            else
            {
                shown.ForEach(use => Print(use, now));
                faults.ForEach(fault => Output.Line($"FAULT {fault}"));
            }

            return faults.Count == 0 && shown.TrueForAll(use => use.DaysLeft(now) >= 0 && use.Revocation != "revoked") ? Output.Ok : Output.NotOk;
        }
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

    private static void Print(CertificateUse use, DateTimeOffset now)
    {
        Output.Line($"{use.Kind} {use.Name}: {use.Certificate.Subject}, serial {use.Certificate.SerialNumber}, sha256 {use.Sha256}, valid {use.From:yyyy-MM-dd} to {use.Until:yyyy-MM-dd} ({use.DaysLeft(now)} days left){Revocation(use, now)}");
        if (use.Warning(now) is { } warning)
        {
            Output.Line($"  WARNING {warning}");
        }
    }

    private static string Revocation(CertificateUse use, DateTimeOffset now) =>
        use.Revocation is null ? "" : use.RevocationKnown is { } known ? $", {use.Revocation} as of {(now - known).TotalSeconds:0} s ago" : $", revocation {use.Revocation}";
}
