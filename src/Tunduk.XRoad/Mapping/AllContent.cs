using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Mapping;

/// <summary>Checks the content of <c>xs:all</c>, which has no order to check on the way.</summary>
internal static class AllContent
{
    /// <summary>Faults for what is missing and for elements that exclude each other.</summary>
    /// <param name="type">A type in any order.</param>
    /// <param name="present">Which of its members are there.</param>
    /// <param name="trace">Gets the faults.</param>
    /// <param name="isXml">Whether the message is XML, whose parts are elements, or JSON, whose parts are members.</param>
    public static void Check(ComplexType type, ReadOnlySpan<bool> present, MappingTrace trace, bool isXml)
    {
        if (type.AllMayBeAbsent && !present.Contains(true))
        {
            return;
        }

        foreach (var slot in type.AllSlots)
        {
            var there = present.Slice(slot.First, slot.Count).Count(true);
            var first = type.Members[slot.First];
            if (there == 0 && slot.Required)
            {
                trace.Fault(MappingCodes.Required, first.Element!.Location, slot.Count == 1 ? Missing(isXml) : string.Join(Phrases.Of("Mapping.Or"), type.Members.Skip(slot.First).Take(Math.Min(slot.Count, 8)).Select(m => m.JsonName)), Phrases.Of("Mapping.Nothing"), first.JsonName);
            }
            else if (there > 1)
            {
                trace.Fault(MappingCodes.Content, first.Element!.Location, Phrases.Of("Mapping.OneOf", string.Join(", ", type.Members.Skip(slot.First).Take(Math.Min(slot.Count, 8)).Select(m => m.JsonName))), Phrases.Of("Mapping.Them", there), first.JsonName);
            }
        }
    }

    private static string Missing(bool isXml) => isXml ? Phrases.Of("Mapping.TheElement") : Phrases.Of("Mapping.Member");
}
