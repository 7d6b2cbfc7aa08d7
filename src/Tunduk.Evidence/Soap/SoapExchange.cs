namespace Tunduk.Evidence.Soap;

/// <summary>The content of the <c>ta:Exchange</c> header block: what a signature covers besides Body and Timestamp.</summary>
public sealed record SoapExchange
{
    /// <summary>What the message says it is.</summary>
    public required SoapMessageKind Kind { get; init; }

    /// <summary>X-Road header values, in the order of the message.</summary>
    public IReadOnlyList<SoapHeaderValue> Headers { get; init; } = [];

    /// <summary>Attachments.</summary>
    public IReadOnlyList<SoapAttachmentDigest> Attachments { get; init; } = [];

    /// <summary>SHA-256 of the sender's latest checkpoint; empty without one.</summary>
    public ReadOnlyMemory<byte> Checkpoint { get; init; }

    /// <summary>Responses: SHA-512 of the request's raw SOAP part; empty in requests.</summary>
    public ReadOnlyMemory<byte> RequestHash { get; init; }

    /// <summary>Responses: the request's SignatureValue; empty if it had none.</summary>
    public ReadOnlyMemory<byte> SignatureConfirmation { get; init; }
}
