namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>Where a construct stands in the contract: file name and line (1-based; 0 when built in).</summary>
public readonly record struct SchemaLocation(string File, int Line)
{
    public override string ToString() => Line == 0 ? File : File + ":" + Line;
}
