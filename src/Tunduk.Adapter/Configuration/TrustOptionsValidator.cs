namespace Tunduk.Adapter.Configuration;

/// <summary>The rules of section <c>Trust</c>.</summary>
internal static class TrustOptionsValidator
{
    public static void Validate(TrustOptions trust, string folder, List<SettingFault> faults)
    {
        for (var i = 0; i < trust.Revocation.Count; i++)
        {
            var (entry, setting) = (trust.Revocation[i], $"Trust:Revocation:{i}");
            AdapterOptionsValidator.RequireFile($"{setting}:Authority", entry.Authority, folder, faults);
            Addresses($"{setting}:Ocsp", entry.Ocsp, faults);
            Addresses($"{setting}:Crl", entry.Crl, faults);
            if (entry.Ocsp.Count + entry.Crl.Count + entry.CertificateHosts.Count == 0)
            {
                faults.Add(new SettingFault(setting, Phrases.Of("Configuration.NeitherOcspNorCrl"), Phrases.Of("Configuration.GiveAddressesAuthorityPublishes")));
            }

            if (entry.WhenUnanswered is not ("refuse" or "accept-and-flag"))
            {
                faults.Add(new SettingFault($"{setting}:WhenUnanswered", Phrases.Of("Configuration.NeitherRefuseNorAccept"), Phrases.Of("Configuration.RefuseDefault")));
            }

            AdapterOptionsValidator.Range($"{setting}:AcceptFor", entry.AcceptFor, TimeSpan.FromMinutes(1), TimeSpan.FromDays(7), faults);
            AdapterOptionsValidator.Range($"{setting}:KeepFor", entry.KeepFor, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), faults);
            AdapterOptionsValidator.Range($"{setting}:Timeout", entry.Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30), faults);
        }

        var stamps = trust.Timestamps;
        for (var i = 0; i < stamps.Authorities.Count; i++)
        {
            var (authority, setting) = (stamps.Authorities[i], $"Trust:Timestamps:Authorities:{i}");
            Addresses($"{setting}:Address", [authority.Address], faults);
            if (authority.Anchors.Count == 0)
            {
                faults.Add(new SettingFault($"{setting}:Anchors", Phrases.Of("Configuration.Missing"), Phrases.Of("Configuration.GiveRootAuthorityCertificates")));
            }

            authority.Anchors.ForEach(anchor => AdapterOptionsValidator.RequireFile($"{setting}:Anchors", anchor, folder, faults));
            AdapterOptionsValidator.Range($"{setting}:Timeout", authority.Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), faults);
        }

        AdapterOptionsValidator.Range("Trust:Timestamps:Interval", stamps.Interval, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1), faults);
        AdapterOptionsValidator.Range("Trust:Timestamps:MaximumGap", stamps.MaximumGap, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30), faults);
    }

    private static void Addresses(string setting, IEnumerable<string> addresses, List<SettingFault> faults)
    {
        if (addresses.Any(address => !Uri.TryCreate(address, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)))
        {
            faults.Add(new SettingFault(setting, Phrases.Of("Configuration.NotHttpHttpsAddress"), Phrases.Of("Configuration.ExampleHttpOcspExample")));
        }
    }
}
