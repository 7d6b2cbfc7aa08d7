using System.Net;
using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.Callers;

/// <summary><c>Listen:Is:TrustedPlainHttp</c>: which caller an address stands for. The first entry that holds it counts.</summary>
internal sealed class TrustedNetworks
{
    private readonly (IPNetwork Network, Caller Caller, bool AllFaces)[] networks;

    /// <summary>Reads the entries, which are validated.</summary>
    /// <param name="options">The entries.</param>
    /// <param name="find">The caller of a name.</param>
    public TrustedNetworks(IEnumerable<TrustedNetworkOptions> options, Func<string, Caller> find) =>
        networks = [.. options.Select(entry => (IPNetwork.Parse(entry.Cidr), find(entry.Caller) with { ByAddress = true }, entry.AllFaces))];

    /// <summary>The caller behind an address on a face; null when it stands for none.</summary>
    public Caller? Find(IPAddress? address, CallerFace face)
    {
        if (address is null)
        {
            return null;
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return networks.FirstOrDefault(entry => entry.Network.Contains(plain) && (face == CallerFace.DropIn || entry.AllFaces)).Caller;
    }
}
