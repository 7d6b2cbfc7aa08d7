using System.Buffers;

namespace Tunduk.Adapter.Filtering;

/// <summary>Counts what one filter run leaves out, without building a path before the run is over.</summary>
internal ref struct FilterTally(FieldList list)
{
    private readonly FieldList list = list;
    private List<Line>? lines;
    private int[]? index;

    /// <summary>Counts <paramref name="node"/> as left out.</summary>
    public void Known(FieldNode node, bool blanked) => Count(node, node.Index * 2, unknown: false, blanked);

    /// <summary>Counts a name below <paramref name="parent"/> that nobody knows.</summary>
    public void Unknown(FieldNode parent) => Count(parent, (parent.Index * 2) + 1, unknown: true, blanked: false);

    public FilterResult ToResult()
    {
        if (lines is null)
        {
            return FilterResult.Unchanged;
        }

        RemovedField[] removed = new RemovedField[lines.Count];
        for (int i = 0; i < removed.Length; i++)
        {
            Line line = lines[i];
            removed[i] = new RemovedField(line.Unknown ? UnknownPath(line.Node) : line.Node.Path, line.Count, line.Blanked);
        }

        return new FilterResult(null, removed);
    }

    public void Dispose()
    {
        if (index is not null)
        {
            ArrayPool<int>.Shared.Return(index);
            index = null;
        }
    }

    /// <summary>The path shown for names below <paramref name="parent"/> that nobody knows.</summary>
    public static string UnknownPath(FieldNode parent) => parent.Path.Length == 0 ? RemovedField.Unlisted : parent.Path + "/" + RemovedField.Unlisted;

    private void Count(FieldNode node, int slot, bool unknown, bool blanked)
    {
        if (index is null)
        {
            index = ArrayPool<int>.Shared.Rent(list.NodeCount * 2);
            index.AsSpan(0, list.NodeCount * 2).Clear();
            lines = [];
        }

        // The index holds the position plus one, so that a cleared array means "not yet".
        int at = index[slot] - 1;
        if (at < 0)
        {
            lines!.Add(new Line(node, unknown, 1, blanked));
            index[slot] = lines.Count;
            return;
        }

        Line line = lines![at];
        lines[at] = line with { Count = line.Count + 1 };
    }

    private readonly record struct Line(FieldNode Node, bool Unknown, int Count, bool Blanked);
}
