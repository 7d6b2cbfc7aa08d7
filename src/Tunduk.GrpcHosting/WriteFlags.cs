using System.Diagnostics.CodeAnalysis;

namespace Tunduk.GrpcHosting;

/// <summary>Exceptions to the usual way of writing a message.</summary>
[Flags]
[SuppressMessage("Minor Code Smell", "S2344", Justification = "The name of Grpc.Core, so that this project can be deleted later.")]
public enum WriteFlags
{
    None = 0,

    /// <summary>The message may wait for the next one instead of being sent at once.</summary>
    BufferHint = 1,

    /// <summary>Not compressed, even where the call is.</summary>
    NoCompress = 2,
}
