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

    /// <summary>
    /// Asked before bytes of a message that arrives are held in memory; false refuses the message as RESOURCE_EXHAUSTED. Null (default):
    /// the channel's bound on one message is the only one.
    /// </summary>
    public Func<int, bool>? MayHold { get; init; }

    internal static GrpcCallOptions Default { get; } = new();
}
