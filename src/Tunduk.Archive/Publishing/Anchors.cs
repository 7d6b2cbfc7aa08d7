using System.Security.Cryptography;
using System.Text;

namespace Tunduk.Archive.Publishing;

/// <summary>Makes the anchors of an archive's settings.</summary>
internal static class Anchors
{
    /// <summary>What is wrong with an anchor's settings; empty when nothing is.</summary>
    public static IEnumerable<string> Faults(AnchorOptions options)
    {
        string address = options.ToString();
        if (!options.Address.IsAbsoluteUri || !AnchorOptions.Schemes.Contains(options.Address.Scheme))
        {
            yield return Phrases.Of("Publishing.AnchorNoneSchemes", address, string.Join(", ", AnchorOptions.Schemes));
            yield break;
        }

        bool isTls = options.Address.Scheme is "https" or "syslog+tls";
        if (options.Address.UserInfo.Length > 0)
        {
            yield return Phrases.Of("Publishing.AnchorNamesUserToken", address);
        }

        if (options.Address.Scheme == "syslog+unix" ? options.Address.Host.Length > 0 || options.Address.AbsolutePath.Length < 2 : options.Address.Host.Length == 0)
        {
            yield return Phrases.Of("Publishing.AnchorNamesNo", address, options.Address.Scheme == "syslog+unix" ? "socket" : "host");
        }

        if (isTls && options.ServerCertificates.Count == 0 && options.Authorities.Count == 0)
        {
            yield return Phrases.Of("Publishing.AnchorNamesNeitherServer", address);
        }

        if (options.ServerCertificates.Any(static pin => pin.Length != 32))
        {
            yield return Phrases.Of("Publishing.ServerCertificateAnchorNo", address);
        }

        if (options.BearerToken is not null && options.Address.Scheme != "https")
        {
            yield return Phrases.Of("Publishing.AnchorTokenOnlyHttps", address);
        }

        if (options.Timeout < TimeSpan.FromSeconds(1) || options.Timeout > TimeSpan.FromMinutes(1))
        {
            yield return Phrases.Of("Publishing.TimeoutAnchorMust1", address, options.Timeout);
        }
    }

    /// <summary>What tells anchors apart: two with the same text send the same to the same place in the same way.</summary>
    public static string KeyOf(AnchorOptions options) => string.Join(
        ' ',
        [
            options.Address.OriginalString,
            options.Timeout.ToString(),
            Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(options.BearerToken ?? ""))),
            .. options.ServerCertificates.Select(static pin => Convert.ToHexString(pin.Span)),
            .. options.Authorities.Select(static authority => authority.Thumbprint),
        ]);

    public static IAnchor Make(AnchorOptions options, TimeProvider time) => options.Address.Scheme == "https" ? new HttpsAnchor(options) : new SyslogAnchor(options, time);
}
