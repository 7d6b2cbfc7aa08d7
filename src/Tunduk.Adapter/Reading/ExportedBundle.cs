namespace Tunduk.Adapter.Reading;

/// <summary>A bundle that was made and checked, in a file that goes with this.</summary>
internal sealed record ExportedBundle(FileStream Content, long Records, string Access) : IDisposable
{
    public void Dispose() => Content.Dispose();
}
