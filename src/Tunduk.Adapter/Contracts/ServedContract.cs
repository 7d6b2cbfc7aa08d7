namespace Tunduk.Adapter.Contracts;

/// <summary>A contract as the provider's security server hands it out.</summary>
/// <param name="Content">The file; empty with a fault.</param>
/// <param name="FileName">Its name by the catalogue's convention.</param>
/// <param name="Fault">Why there is none; null when there is.</param>
internal sealed record ServedContract(ReadOnlyMemory<byte> Content, string FileName, string? Fault);
