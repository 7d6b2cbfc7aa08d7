namespace Tunduk.Adapter.Configuration;

/// <summary>
/// Source addresses that stand for a caller, for the field's plain-HTTP clients that can offer neither key nor certificate.
/// Every entry of such a caller carries the flag "caller by address"; doctor, start log and <c>/health/ready</c> warn.
/// </summary>
public sealed class TrustedNetworkOptions
{
    /// <summary>Addresses, as <c>10.0.0.17/32</c> or <c>10.0.0.0/28</c>. No default; at least 8 bits long.</summary>
    public string Cidr { get; set; } = "";

    /// <summary>Name of the entry of <c>Callers</c> they stand for. No default.</summary>
    public string Caller { get; set; } = "";

    /// <summary>Also on <c>/v1</c>. Default false: on the drop-in face alone (<c>POST /</c>, <c>/r1</c>, <c>/listClients</c>).</summary>
    public bool AllFaces { get; set; }
}
