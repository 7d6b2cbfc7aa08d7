namespace Tunduk.GrpcHosting.Wire;

/// <summary>Why a message was refused: it is larger than the limit, or grows over it while it is unpacked.</summary>
internal sealed class OversizedMessageException : Exception;
