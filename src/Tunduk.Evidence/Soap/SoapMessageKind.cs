namespace Tunduk.Evidence.Soap;

/// <summary>What a signed message says it is, so that none can stand for another.</summary>
public enum SoapMessageKind
{
    /// <summary>A request.</summary>
    Request,

    /// <summary>An answer.</summary>
    Response,

    /// <summary>A SOAP fault.</summary>
    Fault,
}
