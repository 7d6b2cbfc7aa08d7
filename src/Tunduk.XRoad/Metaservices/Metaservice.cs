using System.Collections.Frozen;

namespace Tunduk.XRoad.Metaservices;

/// <summary>The service codes that security servers answer themselves (PR-META, PR-MREST); reserved since X-Road 7.7.</summary>
public static class Metaservice
{
    public const string ListMethods = "listMethods";
    public const string AllowedMethods = "allowedMethods";
    public const string GetWsdl = "getWsdl";
    public const string GetOpenApi = "getOpenAPI";

    private static readonly FrozenSet<string> s_reserved = FrozenSet.ToFrozenSet(
        [
            ListMethods, AllowedMethods, GetWsdl, GetOpenApi,
            "getSecurityServerMetrics", "getSecurityServerOperationalData", "getSecurityServerHealthData",
        ],
        StringComparer.Ordinal);

    /// <summary>A provider's own service cannot have this code.</summary>
    public static bool IsReserved(string serviceCode) => s_reserved.Contains(serviceCode);
}
