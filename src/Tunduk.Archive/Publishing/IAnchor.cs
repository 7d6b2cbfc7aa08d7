using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Publishing;

/// <summary>A place outside the database that every checkpoint goes to. Publishing twice does no harm; a failure is a warning, never a lost append.</summary>
internal interface IAnchor
{
    string Name { get; }

    /// <summary>Returns when the place has it for good; throws when it may not have it.</summary>
    ValueTask PublishAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken);
}
