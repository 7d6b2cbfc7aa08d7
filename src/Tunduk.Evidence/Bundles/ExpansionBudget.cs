namespace Tunduk.Evidence.Bundles;

/// <summary>How much the files of one bundle may still unpack to: a compression bomb ends here, not in memory or on disk.</summary>
internal sealed class ExpansionBudget(long bytes)
{
    private long left = bytes;

    public void Take(int count)
    {
        left -= count;
        if (left < 0)
        {
            throw new BundleFaultException("bundle_expansion", Phrases.Of("Bundles.FilesUnpackMoreThan"));
        }
    }
}
