using Tunduk.XRoad.Faults;

namespace Tunduk.XRoad.Attachments;

/// <summary>A piece of a part's content, valid until the reader's next call.</summary>
/// <param name="Bytes">As they travel, not transfer-decoded; may be empty in the last piece.</param>
/// <param name="IsLast">The part is complete with this piece.</param>
/// <param name="Fault">Why reading stopped: the part is not complete and must not be used.</param>
public readonly record struct PartChunk(ReadOnlyMemory<byte> Bytes, bool IsLast, ProtocolFault Fault);
