namespace Tunduk.XRoad.Identifiers;

/// <summary>
/// The kinds of identifier a message names (values of <c>id:objectType</c>, PR-MESS 2.1). Groups never stand in a message header;
/// CENTRALSERVICE was removed in X-Road 7.3 and is refused.
/// </summary>
public enum XRoadObjectType
{
    Member,
    Subsystem,
    Service,
    Server,
}
