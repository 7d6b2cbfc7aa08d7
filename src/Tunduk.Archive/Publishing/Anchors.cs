using System.Globalization;

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
            yield return $"the anchor {address} has none of the schemes {string.Join(", ", AnchorOptions.Schemes)}";
            yield break;
        }

        bool isTls = options.Address.Scheme is "https" or "syslog+tls";
        if (options.Address.UserInfo.Length > 0)
        {
            yield return $"the anchor {address} names a user; a token belongs into a file of its own";
        }

        if (options.Address.Scheme == "syslog+unix" ? options.Address.Host.Length > 0 || options.Address.AbsolutePath.Length < 2 : options.Address.Host.Length == 0)
        {
            yield return $"the anchor {address} names no {(options.Address.Scheme == "syslog+unix" ? "socket" : "host")}";
        }

        if (isTls && options.ServerCertificates.Count == 0 && options.Authorities.Count == 0)
        {
            yield return $"the anchor {address} names neither server certificates nor authorities: whoever answers would be believed";
        }

        if (options.ServerCertificates.Any(static pin => pin.Length != 32))
        {
            yield return $"a server certificate of the anchor {address} is no SHA-256";
        }

        if (options.BearerToken is not null && options.Address.Scheme != "https")
        {
            yield return $"the anchor {address} has a token, which only https can carry";
        }

        if (options.Timeout < TimeSpan.FromSeconds(1) || options.Timeout > TimeSpan.FromMinutes(1))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"the timeout of the anchor {address} is {options.Timeout}; it must be 1 s to 1 min");
        }
    }

    public static IAnchor Make(AnchorOptions options, TimeProvider time) => options.Address.Scheme == "https" ? new HttpsAnchor(options) : new SyslogAnchor(options, time);
}
