namespace Tunduk.XRoad.Metaservices;

/// <summary>A list that came from a security server.</summary>
/// <param name="Items">What could be read.</param>
/// <param name="Skipped">Rows whose identifier is outside the rules; foreign registrations must not hide the others.</param>
public sealed record MetaserviceList<T>(IReadOnlyList<T> Items, int Skipped);
