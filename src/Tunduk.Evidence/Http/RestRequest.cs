namespace Tunduk.Evidence.Http;

/// <summary>A REST request as this side sends it or has received it.</summary>
public sealed record RestRequest
{
    /// <summary>The method, as on the wire.</summary>
    public required string Method { get; init; }

    /// <summary>The service and raw path this side sends to, or serves.</summary>
    public required HttpTarget Target { get; init; }

    /// <summary>Field lines; those of others do no harm.</summary>
    public required IReadOnlyList<HttpHeaderField> Headers { get; init; }

    /// <summary>Identity-encoded content.</summary>
    public HttpBody Body { get; init; }
}
