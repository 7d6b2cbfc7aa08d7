using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Keys;

namespace Tunduk.Adapter.Hosting;

/// <summary>From the settings of anchors to the archive's, with the files they name.</summary>
internal static class AnchorSettings
{
    /// <summary>The anchors; what is wrong with one is a fault, and it is left out.</summary>
    public static IReadOnlyList<Archive.AnchorOptions> Read(AdapterConfiguration configuration, List<SettingFault> faults)
    {
        var anchors = new List<Archive.AnchorOptions>();
        foreach (var (options, at) in configuration.Options.Archive.Anchors.Select((options, at) => (options, at)))
        {
            if (Read(options, $"Archive:Anchors:{at}", configuration.Resolve, faults) is { } anchor)
            {
                anchors.Add(anchor);
            }
        }

        return anchors;
    }

    private static Archive.AnchorOptions? Read(AnchorOptions options, string setting, Func<string, string> resolve, List<SettingFault> faults)
    {
        var before = faults.Count;
        if (!Uri.TryCreate(options.Address, UriKind.Absolute, out var address) || !Archive.AnchorOptions.Schemes.Contains(address.Scheme))
        {
            faults.Add(new SettingFault($"{setting}:Address", Phrases.Of("Hosting.NoneSchemes", string.Join(", ", Archive.AnchorOptions.Schemes)), Phrases.Of("Hosting.ExampleHttpsAnchorExample")));
            return null;
        }

        if (address.Scheme is "https" or "syslog+tls" && options.ServerCertificates.Count == 0 && options.Authorities.Count == 0)
        {
            faults.Add(new SettingFault(setting, Phrases.Of("Hosting.NamesNeitherServerCertificatesNor"), Phrases.Of("Hosting.NameSha256Server")));
        }

        var pins = new List<ReadOnlyMemory<byte>>();
        foreach (var pin in options.ServerCertificates)
        {
            var digest = new byte[SHA256.HashSizeInBytes];
            if (pin.Length == 2 * digest.Length && Convert.FromHexString(pin, digest, out _, out _) == System.Buffers.OperationStatus.Done)
            {
                pins.Add(digest);
            }
            else
            {
                faults.Add(new SettingFault($"{setting}:ServerCertificates", Phrases.Of("Hosting.NoSha256Hex"), Phrases.Of("Hosting.OpensslX509ServerPem")));
            }
        }

        var authorities = new X509Certificate2Collection();
        foreach (var file in options.Authorities)
        {
            try
            {
                authorities.ImportFromPemFile(resolve(file));
            }
            catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
            {
                faults.Add(new SettingFault($"{setting}:Authorities", Phrases.Of("Hosting.HoldsNoCertificatePem", file), Phrases.Of("Hosting.NamePemFileAuthority")));
            }
        }

        string? token = null;
        if (options.TokenFile is { } named && !SecretFile.TryReadLine(resolve(named), null, out token, out var fault))
        {
            faults.Add(fault.Of($"{setting}:TokenFile"));
        }

        AdapterOptionsValidator.Range($"{setting}:Timeout", options.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), faults);
        return faults.Count > before ? null : new Archive.AnchorOptions { Address = address, ServerCertificates = pins, Authorities = authorities, BearerToken = token, Timeout = options.Timeout };
    }
}
