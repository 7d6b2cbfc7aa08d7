using System.Diagnostics.CodeAnalysis;
using Tunduk.XRoad.Faults;

namespace Tunduk.XRoad.Attachments;

/// <summary>What <see cref="MultipartReader.NextPartAsync"/> found: a part, the end, or a fault.</summary>
/// <param name="Part">The headers of the part whose content comes next; null at the end and on a fault.</param>
/// <param name="Fault">Why reading stopped; none otherwise.</param>
public readonly record struct MultipartStep(PartHeaders? Part, ProtocolFault Fault)
{
    [MemberNotNullWhen(true, nameof(Part))]
    public bool HasPart => Part is not null;

    public bool IsEnd => Part is null && Fault.IsNone;
}
