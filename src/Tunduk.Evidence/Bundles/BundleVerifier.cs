using System.Text;
using Tunduk.Evidence.Log;

namespace Tunduk.Evidence.Bundles;

/// <summary>
/// Checks an evidence bundle (proto/BUNDLE-FORMAT.md) offline. The bundle is hostile: memory is bounded by one record and one message,
/// time by the bundle's size, and whatever is wrong with it is a finding, never an exception.
/// </summary>
public static class BundleVerifier
{
    /// <summary>Checks everything.</summary>
    /// <param name="bundle">The bundle; it must be seekable.</param>
    /// <param name="options">Against what.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static BundleReport Verify(Stream bundle, BundleCheckOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(options);
        BundleVerifierRun run = new(options);
        try
        {
            using BundleReader reader = BundleReader.Open(bundle);
            run.Run(reader, cancellationToken);
        }
        catch (BundleFaultException fault)
        {
            run.Fail(fault.Finding);
        }

        return run.Report();
    }

    /// <summary>The checkpoints a bundle carries, unjudged, to hold another bundle against; null when it is no bundle.</summary>
    public static IReadOnlyList<SignedCheckpoint>? CheckpointsOf(Stream bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        try
        {
            using BundleReader reader = BundleReader.Open(bundle);
            List<SignedCheckpoint> notes = [];
            foreach (string text in CheckpointNote.Split(Encoding.UTF8.GetString(reader.ReadAll(BundleFormat.Checkpoints, BundleVerifierRun.MaxCheckpointBytes))))
            {
                if (CheckpointNote.TryParse(text, out SignedCheckpoint? note))
                {
                    notes.Add(note!);
                }
            }

            return notes;
        }
        catch (BundleFaultException)
        {
            return null;
        }
    }
}
