using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Contracts;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// The own requests that are under way: the same one a second time (caller, client, service, id and content) is refused until the
/// first has ended, since providers may charge for or act on each. Another request under the same id leaves: constant ids are the
/// commonest fault in the field, and security servers take them.
/// </summary>
/// <remarks>In memory: several adapters before one archive each know their own. After the first has ended a repeat is a request of its own.</remarks>
internal sealed class RequestsUnderWay
{
    private readonly ConcurrentDictionary<string, bool> keys = new(StringComparer.Ordinal);

    /// <summary>Notes a request; null while the same one is under way. Disposing ends it.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="service">What is asked, by which own subsystem.</param>
    /// <param name="headers">With the id.</param>
    /// <param name="content">Digest of the content.</param>
    public IDisposable? TryEnter(Caller caller, ConsumedService service, SoapHeaders headers, ReadOnlySpan<byte> content)
    {
        // Parts in fixed-length digests, so that no two keys can run together.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in new[] { caller.Name, service.Client.ToString(), service.Service.ToString()!, headers.Id })
        {
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(part)));
        }

        hash.AppendData(content);
        var key = Convert.ToHexString(hash.GetHashAndReset());
        return keys.TryAdd(key, true) ? new Place(this, key) : null;
    }

    private sealed class Place(RequestsUnderWay owner, string key) : IDisposable
    {
        public void Dispose() => owner.keys.TryRemove(key, out _);
    }
}
