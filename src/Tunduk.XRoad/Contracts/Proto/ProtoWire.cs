namespace Tunduk.XRoad.Contracts.Proto;

/// <summary>Wire types of protocol buffers. Groups (3 and 4) are not part of proto3.</summary>
internal enum ProtoWire
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}
