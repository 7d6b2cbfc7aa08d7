using System.Security.Cryptography.X509Certificates;
using Tunduk.Evidence.Signing;

namespace Tunduk.Evidence.Soap;

/// <summary>What goes into a signature besides the message.</summary>
public sealed record SoapSignatureInput
{
    /// <summary>Which way the message goes.</summary>
    public required SoapDirection Direction { get; init; }

    /// <summary>Certificate of the key that will sign; it is put into the message.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>Algorithm; its hash is also that of the references.</summary>
    public required SignatureAlgorithm Algorithm { get; init; }

    /// <summary>Time of signing; written with milliseconds.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>End of the time in which a receiver accepts the message.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Every X-Road header of the message except <c>requestHash</c>.</summary>
    public IReadOnlyList<SoapHeaderValue> Headers { get; init; } = [];

    /// <summary>The message's attachments.</summary>
    public IReadOnlyList<SoapAttachmentDigest> Attachments { get; init; } = [];

    /// <summary>SHA-256 of the own latest checkpoint; empty without one.</summary>
    public ReadOnlyMemory<byte> Checkpoint { get; init; }

    /// <summary>Responses: the request that is answered. Null in requests.</summary>
    public SoapRequestBinding? Request { get; init; }

    /// <summary>
    /// Cuts Security and Exchange headers that the message already has, as when an application copied the request's headers into
    /// its answer. Default false: such a message is refused.
    /// </summary>
    public bool ReplaceExisting { get; init; }
}
