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
}
