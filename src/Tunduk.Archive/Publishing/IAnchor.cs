using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Publishing;

/// <summary>A place outside the database that every checkpoint goes to. Publishing twice does no harm; one call at a time.</summary>
internal interface IAnchor : IDisposable
{
    string Name { get; }

    /// <summary>Whether a returned call means that the place has the checkpoint for good; otherwise it was only sent.</summary>
    bool IsReceipted { get; }

    /// <summary>Whether a checkpoint waits for it a moment: it is a disk of this host.</summary>
    bool IsLocal { get; }

    /// <summary>What somebody has to look at although the place takes checkpoints; null: nothing.</summary>
    ArchiveFault? Warning => null;

    /// <summary>Returns when the place has it for good, or when it was sent; throws <see cref="IOException"/> when neither is known.</summary>
    ValueTask PublishAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken);

    /// <summary>Whether the place can be reached, without publishing anything.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    ValueTask ProbeAsync(CancellationToken cancellationToken);
}
