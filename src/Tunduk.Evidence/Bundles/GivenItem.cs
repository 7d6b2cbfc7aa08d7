using Tunduk.Evidence.Log;

namespace Tunduk.Evidence.Bundles;

/// <summary>One thing out of a file of checkpoints: a note, a hash somebody wrote down, or, with neither, something of the form that does not parse.</summary>
/// <param name="Note">A whole checkpoint, unjudged.</param>
/// <param name="Seen">A hash that a receiver wrote down.</param>
public readonly record struct GivenItem(SignedCheckpoint? Note, SeenCheckpoint? Seen);
