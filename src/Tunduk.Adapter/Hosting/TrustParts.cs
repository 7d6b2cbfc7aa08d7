using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Trust;

namespace Tunduk.Adapter.Hosting;

/// <summary>
/// What is known of authorities: kept from one generation to the next while the settings and files of trust are the same, so that
/// answers of authorities outlive a change of something else.
/// </summary>
internal sealed class TrustParts : IDisposable
{
    private readonly AuthorityClient client;
    private int users = 1;

    private TrustParts(AuthorityClient client, TimestampService timestamps, CounterpartyTrust counterparties)
    {
        this.client = client;
        Timestamps = timestamps;
        Counterparties = counterparties;
    }

    public TimestampService Timestamps { get; }

    public CounterpartyTrust Counterparties { get; }

    /// <summary>Reads anchors and authorities; null, with faults, where one cannot be read.</summary>
    public static TrustParts? Create(AdapterConfiguration configuration, SigningKeys keys, SignatureExpectations expectations, TimeProvider clock, List<SettingFault> faults)
    {
        var before = faults.Count;
        var anchors = CounterpartyTrust.ReadAnchors(configuration, faults);
        var client = new AuthorityClient(anchors, clock);
        var timestamps = TimestampService.Create(configuration.Options.Trust, configuration.Resolve, client, clock, faults);
        var counterparties = CounterpartyTrust.Create(configuration, keys, anchors, client, expectations, clock, faults);
        if (faults.Count == before && counterparties is not null)
        {
            return new TrustParts(client, timestamps, counterparties);
        }

        client.Dispose();
        return null;
    }

    /// <summary>The files it was read from.</summary>
    public static IEnumerable<string> Files(TrustOptions trust) => trust.Anchors
        .Concat(trust.Intermediates)
        .Concat(trust.Revocation.Select(entry => entry.Authority))
        .Concat(trust.Timestamps.Authorities.SelectMany(authority => authority.Anchors));

    /// <summary>What operations should know.</summary>
    public IEnumerable<string> Alarms() => Counterparties.Revocation.Alarms().Concat(Timestamps.Alarms());

    /// <summary>One more generation uses it.</summary>
    public TrustParts Share()
    {
        Interlocked.Increment(ref users);
        return this;
    }

    /// <summary>A generation is done with it.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref users) == 0)
        {
            client.Dispose();
        }
    }
}
