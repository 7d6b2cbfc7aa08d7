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

    /// <summary>The checkpoints a bundle carries, or those of a file of notes as anchors keep them: unjudged, to hold a bundle against; null when there are none.</summary>
    public static IReadOnlyList<SignedCheckpoint>? CheckpointsOf(Stream file)
    {
        ArgumentNullException.ThrowIfNull(file);
        byte[] text;
        try
        {
            using BundleReader reader = BundleReader.Open(file);
            text = reader.ReadAll(BundleFormat.Checkpoints, BundleVerifierRun.MaxCheckpointBytes);
        }
        catch (BundleFaultException)
        {
            if (file.Length > BundleVerifierRun.MaxCheckpointBytes)
            {
                return null;
            }

            text = new byte[file.Length];
            file.Seek(0, SeekOrigin.Begin);
            file.ReadExactly(text);
        }

        List<SignedCheckpoint> notes = [];
        foreach (string note in CheckpointNote.Split(Encoding.UTF8.GetString(text)))
        {
            if (CheckpointNote.TryParse(note, out SignedCheckpoint? checkpoint))
            {
                notes.Add(checkpoint!);
            }
        }

        return notes.Count == 0 ? null : notes;
    }
}
