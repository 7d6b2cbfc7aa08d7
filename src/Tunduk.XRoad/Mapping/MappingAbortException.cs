namespace Tunduk.XRoad.Mapping;

/// <summary>Ends a conversion that cannot go on; the fault is already in the trace. Never leaves this folder.</summary>
#pragma warning disable S3871 // It is caught in this folder and must not be caught elsewhere.
internal sealed class MappingAbortException : Exception;
#pragma warning restore S3871
