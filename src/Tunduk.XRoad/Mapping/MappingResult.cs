namespace Tunduk.XRoad.Mapping;

/// <summary>Outcome of a conversion. When it is not ok, what was written so far is no message and must be dropped.</summary>
/// <param name="Faults">Empty when ok.</param>
/// <param name="WrongForm">An element was recognised in spite of a wrong namespace form.</param>
public sealed record MappingResult(IReadOnlyList<MappingFault> Faults, bool WrongForm)
{
    public bool IsOk => Faults.Count == 0;
}
