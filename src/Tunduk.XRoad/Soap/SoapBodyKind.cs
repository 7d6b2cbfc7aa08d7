namespace Tunduk.XRoad.Soap;

/// <summary>What the child of Body makes of the message.</summary>
public enum SoapBodyKind
{
    Request,

    /// <summary>The local name ends with <c>Response</c>, which is how a security server tells.</summary>
    Response,

    Fault,
}
