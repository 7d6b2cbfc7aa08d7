namespace Tunduk.Evidence.Bundles;

/// <summary>Reading a bundle cannot go on; it never leaves this folder.</summary>
internal sealed class BundleFaultException(string code, string detail) : Exception(detail)
{
    public BundleFinding Finding { get; } = new(code, detail);
}
