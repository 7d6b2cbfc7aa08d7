namespace Tunduk.GrpcHosting;

/// <summary>How messages are written.</summary>
public sealed class WriteOptions(WriteFlags flags = default)
{
    public WriteFlags Flags { get; } = flags;
}
