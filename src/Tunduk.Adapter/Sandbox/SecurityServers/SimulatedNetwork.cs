namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>The simulated servers that know each other: what the global configuration is to real ones.</summary>
internal sealed class SimulatedNetwork
{
    private readonly List<SimulatedSecurityServer> _servers = [];

    public IReadOnlyList<SimulatedSecurityServer> Servers => _servers;

    internal void Join(SimulatedSecurityServer server) => _servers.Add(server);

    internal SimulatedSecurityServer? FindHome(ParticipantId participant) =>
        _servers.Find(server => server.Serves(participant));
}
