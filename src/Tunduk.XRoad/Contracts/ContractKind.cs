namespace Tunduk.XRoad.Contracts;

/// <summary>Where a contract comes from.</summary>
public enum ContractKind
{
    Wsdl,
    OpenApi,
}
