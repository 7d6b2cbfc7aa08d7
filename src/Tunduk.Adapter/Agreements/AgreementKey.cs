using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Agreements;

/// <summary>What an agreement is found by. At any moment at most one is in force for a key.</summary>
internal readonly record struct AgreementKey(ClientId Own, ClientId Counterparty, ServiceId Service, AgreementRole Role);
