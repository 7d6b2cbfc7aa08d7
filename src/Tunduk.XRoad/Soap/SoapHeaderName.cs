namespace Tunduk.XRoad.Soap;

/// <summary>The X-Road header elements, in the order this project writes them when it is free to choose.</summary>
public enum SoapHeaderName
{
    Client,
    Service,
    SecurityServer,
    Id,
    UserId,
    Issue,
    ProtocolVersion,
    RepresentedParty,
    SecurityToken,

    /// <summary>Only in responses, put there by the provider's security server; never written by an information system.</summary>
    RequestHash,
}
