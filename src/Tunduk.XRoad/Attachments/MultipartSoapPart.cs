using System.Diagnostics.CodeAnalysis;
using Tunduk.XRoad.Faults;

namespace Tunduk.XRoad.Attachments;

/// <summary>The SOAP part of a multipart message, or why there is none.</summary>
/// <param name="Headers">Null on a fault.</param>
/// <param name="Content">The raw bytes, over which the request hash is computed.</param>
/// <param name="Fault">None when the part was read.</param>
public readonly record struct MultipartSoapPart(PartHeaders? Headers, ReadOnlyMemory<byte> Content, ProtocolFault Fault)
{
    [MemberNotNullWhen(true, nameof(Headers))]
    public bool Exists => Headers is not null;

    /// <summary>The part is the root of an MTOM message.</summary>
    public bool IsXop => Headers?.ContentType.Type == "application/xop+xml";
}
