using Tunduk.Adapter.Resilience;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Contracts;

/// <summary>A service our information system may ask for, resolved.</summary>
/// <param name="Alias">Last part of its address.</param>
/// <param name="Service">X-Road identifier.</param>
/// <param name="Client">Own subsystem that asks.</param>
/// <param name="Operation">The operation in its contract.</param>
/// <param name="Limits">Timeouts and bulkhead.</param>
internal sealed record ConsumedService(string Alias, ServiceId Service, ClientId Client, Operation Operation, ServiceLimits Limits);
