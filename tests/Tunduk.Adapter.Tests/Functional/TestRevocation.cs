using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox.Pki;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>Settings of an authority that is asked about revoked certificates (<c>Trust:Revocation</c>).</summary>
internal static class TestRevocation
{
    /// <summary>One entry: the authority's OCSP service on this machine, with time enough for a machine that is busy.</summary>
    /// <param name="authority">The authority.</param>
    /// <param name="more">Further settings of the entry.</param>
    public static JsonArray Of(AuthorityServer authority, params IEnumerable<(string Name, JsonNode Value)> more)
    {
        var entry = new JsonObject
        {
            ["Authority"] = authority.Root.CertificatePath,
            ["Ocsp"] = new JsonArray(authority.OcspAddress.AbsoluteUri),
            ["AllowLocalAddresses"] = true,
            ["Timeout"] = "00:00:30",
        };
        foreach (var (name, value) in more)
        {
            entry[name] = value;
        }

        return [entry];
    }
}
