namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>How a service is described to its security server.</summary>
internal enum ServiceKind
{
    Wsdl,
    Rest,
    OpenApi3,
}
