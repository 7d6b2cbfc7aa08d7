namespace Tunduk.GrpcHosting.Client;

/// <summary>One call's wishes.</summary>
public sealed record GrpcCallOptions
{
    /// <summary>Custom metadata to send.</summary>
    public Metadata Headers { get; init; } = [];

    /// <summary>When to give up, from now; the server is told. Null (default): never. At most 40 days.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether messages are sent as gzip. Default no; a server that cannot read it answers UNIMPLEMENTED.</summary>
    public bool Compress { get; init; }

    internal static GrpcCallOptions Default { get; } = new();
}
