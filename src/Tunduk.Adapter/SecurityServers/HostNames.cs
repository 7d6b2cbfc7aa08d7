using System.Net;

namespace Tunduk.Adapter.SecurityServers;

/// <summary>The addresses of a host name; throws <see cref="System.Net.Sockets.SocketException"/> where it has none.</summary>
internal delegate Task<IPAddress[]> HostNames(string host, CancellationToken cancellationToken);
