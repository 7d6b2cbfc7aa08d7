namespace Tunduk.Evidence.Http;

/// <summary>A REST response as this side sends it or has received it.</summary>
public sealed record RestResponse
{
    /// <summary>Status code, 100 to 599.</summary>
    public required int Status { get; init; }

    /// <summary>Field lines; those of others do no harm.</summary>
    public required IReadOnlyList<HttpHeaderField> Headers { get; init; }

    /// <summary>Identity-encoded content.</summary>
    public HttpBody Body { get; init; }
}
