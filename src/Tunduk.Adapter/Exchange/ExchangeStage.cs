namespace Tunduk.Adapter.Exchange;

/// <summary>The stages of one exchange; every refusal names the stage that refused (ARCHITECTURE "One exchange").</summary>
public enum ExchangeStage
{
    /// <summary>Which information system calls, and which authorised person.</summary>
    Authenticate = 1,

    /// <summary>Bytes become a message.</summary>
    Decode = 2,

    /// <summary>Form: mandatory headers, contract.</summary>
    Validate = 3,

    /// <summary>A valid agreement for this counterparty, service and purpose.</summary>
    Authorize = 4,

    /// <summary>The agreement's field list, request or response.</summary>
    Filter = 5,

    /// <summary>The IS signing key signs what leaves.</summary>
    Sign = 6,

    /// <summary>The archive's durable append.</summary>
    Append = 7,

    /// <summary>To the security server, or to the own information system.</summary>
    Forward = 8,

    /// <summary>Signature, certificate, request hash, echoed headers.</summary>
    Verify = 9,

    /// <summary>A message becomes bytes for the one who asked.</summary>
    Encode = 10,
}
