using Tunduk.Evidence.Log;

namespace Tunduk.Evidence.Bundles;

/// <summary>The hash of a checkpoint as a receiver of a signed message has it.</summary>
/// <param name="Hash">SHA-256 of the signed note.</param>
/// <param name="Where">Who has it, and in which record.</param>
/// <param name="Sender">Subsystem that sent the message; null where that is not known.</param>
/// <param name="Time">When the receiver archived it, by the receiver's clock.</param>
public sealed record SeenCheckpoint(LogHash Hash, string Where, string? Sender, DateTimeOffset? Time);
