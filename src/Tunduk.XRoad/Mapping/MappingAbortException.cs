namespace Tunduk.XRoad.Mapping;

/// <summary>Ends a conversion that cannot go on; the fault is already in the trace. Never leaves this folder.</summary>
internal sealed class MappingAbortException : Exception;
