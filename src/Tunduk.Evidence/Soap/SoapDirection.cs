namespace Tunduk.Evidence.Soap;

/// <summary>Which way a message goes.</summary>
public enum SoapDirection
{
    /// <summary>From the consumer to the provider.</summary>
    Request,

    /// <summary>From the provider to the consumer: an answer or a fault.</summary>
    Response,
}
