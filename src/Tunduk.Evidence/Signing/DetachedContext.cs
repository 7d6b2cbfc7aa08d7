namespace Tunduk.Evidence.Signing;

/// <summary>What a detached signature is over; part of what is signed, so that none can stand for another.</summary>
public enum DetachedContext
{
    /// <summary>The exact bytes of a SOAP request part.</summary>
    SoapRequest,

    /// <summary>The exact bytes of a SOAP response part.</summary>
    SoapResponse,

    /// <summary>The RFC 9421 signature base of a REST request.</summary>
    RestRequest,

    /// <summary>The RFC 9421 signature base of a REST response.</summary>
    RestResponse,

    /// <summary>The manifest of an evidence bundle.</summary>
    Bundle,

    /// <summary>An approval of one look into an archive by a second person.</summary>
    Approval,
}
