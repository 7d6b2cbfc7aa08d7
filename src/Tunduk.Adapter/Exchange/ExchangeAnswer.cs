using Tunduk.Adapter.Attachments;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Contracts.Outcomes;

namespace Tunduk.Adapter.Exchange;

/// <summary>What goes back to the one who asked.</summary>
internal sealed record ExchangeAnswer
{
    /// <summary>The body; empty with an error.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Content-Type of the body; null for JSON of the alias face.</summary>
    public string? ContentType { get; init; }

    /// <summary>HTTP status of an answer that is no refusal; 200 unless REST says otherwise.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Headers of a REST answer that pass.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The answer's attachments; <see cref="Body"/> is then the SOAP part. Whoever writes the answer disposes them.</summary>
    public MultipartMessage? Multipart { get; init; }

    /// <summary>A REST body on disk instead of <see cref="Body"/>. Whoever writes the answer disposes it.</summary>
    public SpooledBody? Spooled { get; init; }

    /// <summary>What a security server or the provider refused, in its own words as far as they pass.</summary>
    public PeerFault? Fault { get; init; }

    /// <summary>What the answer says by the rules beside its contract; null where there are none.</summary>
    public BusinessOutcome? Business { get; init; }

    /// <summary>The refusal, if it is one.</summary>
    public ExchangeError? Error { get; init; }

    /// <summary>The entry that says what happened; null only where the archive itself failed.</summary>
    public RecordId? Record { get; init; }

    /// <summary>The X-Road message id.</summary>
    public string? MessageId { get; init; }
}
