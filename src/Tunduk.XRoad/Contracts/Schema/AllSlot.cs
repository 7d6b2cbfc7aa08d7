using System.Runtime.InteropServices;

namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>One element of <c>xs:all</c>: the members of which at most one may stand there (several where it is a substitution group).</summary>
/// <param name="First">Index of the first member.</param>
/// <param name="Count">How many members.</param>
/// <param name="Required">One of them must be there.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AllSlot(int First, int Count, bool Required);
