using System.Runtime.InteropServices;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>A message's bytes as a stream, without a copy.</summary>
internal sealed class ReadOnlyMemoryStream(ReadOnlyMemory<byte> content) : MemoryStream(
    MemoryMarshal.TryGetArray(content, out ArraySegment<byte> segment) ? segment.Array! : content.ToArray(),
    segment.Array is null ? 0 : segment.Offset, content.Length, writable: false);
