using System.Runtime.InteropServices;

namespace Tunduk.Evidence.Http;

/// <summary>Why a structured field does not parse, and where.</summary>
/// <param name="Code">Reason.</param>
/// <param name="Offset">Characters from the start of the field.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StructuredFault(StructuredFaultCode Code, int Offset);
