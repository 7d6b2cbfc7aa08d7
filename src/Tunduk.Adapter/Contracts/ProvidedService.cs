using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Contracts;

/// <summary>A service our information system answers, resolved.</summary>
/// <param name="Service">X-Road identifier.</param>
/// <param name="Operation">The operation in its contract.</param>
/// <param name="Upstream">Where the request is posted to.</param>
/// <param name="Timeout">Longest wait for the information system.</param>
/// <param name="EchoesRequest">The contract repeats the element <c>request</c> in the answer.</param>
/// <param name="IsTest">The information system is a test system.</param>
internal sealed record ProvidedService(ServiceId Service, Operation Operation, Uri Upstream, TimeSpan Timeout, bool EchoesRequest, bool IsTest);
