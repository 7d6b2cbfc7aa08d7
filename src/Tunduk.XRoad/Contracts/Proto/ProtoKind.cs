namespace Tunduk.XRoad.Contracts.Proto;

/// <summary>What a field holds: a scalar of protocol buffers, or a message.</summary>
public enum ProtoKind
{
    String,
    Bytes,
    Bool,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Float,
    Double,
    Message,
}
