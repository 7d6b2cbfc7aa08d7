using Tunduk.XRoad.Identifiers;

namespace Tunduk.XRoad.Metaservices;

/// <summary>One row of <c>listClients</c>.</summary>
/// <param name="Id">Member or subsystem.</param>
/// <param name="Name">The member's name.</param>
/// <param name="SubsystemName">The subsystem's name, given since X-Road 7.7.</param>
public readonly record struct ListedClient(ClientId Id, string? Name, string? SubsystemName);
