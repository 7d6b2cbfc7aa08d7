namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>
/// Makes a content model deterministic where counters or repeated groups leave a choice, as <c>(a{2,4})+</c> does for five
/// elements: counters become positions, and sets of positions become states (subset construction). Every transition into a
/// position carries the position's member, so a set holds one member, and the result is a model of the same kind.
/// </summary>
internal sealed class ContentModelDeterminizer
{
    // Beyond these a model stays as it is and takes the first way that fits, which is said at import.
    private const int MaxExpanded = 2_000;
    private const int MaxStates = 2_000;
    private const int MaxEdges = 200_000;

    private readonly ContentModel.Position[] positions;
    private readonly int[][] follow;
    private readonly bool[] accepting;
    private readonly List<int> expandedMember = [];
    private readonly List<bool> expandedAccepting = [];
    private readonly List<List<int>> expandedFollow = [];

    private ContentModelDeterminizer(ContentModel.Position[] positions, int[][] follow, bool[] accepting)
    {
        this.positions = positions;
        this.follow = follow;
        this.accepting = accepting;
    }

    /// <summary>Whether a run of one member can be counted in more than one way.</summary>
    public static bool IsNeeded(ContentModel.Position[] positions, int[][] follow)
    {
        for (var from = 0; from < follow.Length; from++)
        {
            var seen = new HashSet<int>();
            foreach (var to in follow[from])
            {
                if (!seen.Add(positions[to].Member))
                {
                    return true;
                }

                // Leaving a counter before its maximum for the same member again: only a loop over {0,n} or {1,n} is harmless.
                if (from < positions.Length && positions[from] is { } here && here.Max > 1 && here.Min < here.Max &&
                    positions[to].Member == here.Member && !(to == from && here.Min <= 1))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The deterministic model, or null when it would be too large.</summary>
    /// <param name="positions">The element particles.</param>
    /// <param name="follow">As <see cref="ContentModel"/> takes it: the last entry is for the start.</param>
    /// <param name="accepting">Whether the content may end after a position.</param>
    /// <param name="nullable">Whether the content may be empty.</param>
    public static ContentModel? Make(ContentModel.Position[] positions, int[][] follow, bool[] accepting, bool nullable)
    {
        var self = new ContentModelDeterminizer(positions, follow, accepting);
        return self.Expand() is { } start ? self.Subsets(start, nullable) : null;
    }

    /// <summary>One position for each count; the positions that may begin the content, or null.</summary>
    private List<int>? Expand()
    {
        var first = new int[positions.Length];
        for (var p = 0; p < positions.Length; p++)
        {
            first[p] = expandedMember.Count;
            var copies = Copies(p);
            if (expandedMember.Count + copies > MaxExpanded)
            {
                return null;
            }

            for (var i = 0; i < copies; i++)
            {
                expandedMember.Add(positions[p].Member);
                expandedAccepting.Add(accepting[p] && i + 1 >= positions[p].Min);
                expandedFollow.Add([]);
            }
        }

        var edges = 0L;
        for (var p = 0; p < positions.Length; p++)
        {
            var copies = Copies(p);
            for (var i = 0; i < copies; i++)
            {
                var next = expandedFollow[first[p] + i];
                if (i + 1 < copies)
                {
                    next.Add(first[p] + i + 1);
                }
                else if (positions[p].Max == Particle.Unbounded)
                {
                    next.Add(first[p] + i);
                }

                if (i + 1 >= positions[p].Min)
                {
                    next.AddRange(follow[p].Select(to => first[to]).Where(to => !next.Contains(to)).ToList());
                }

                edges += next.Count;
                if (edges > MaxEdges)
                {
                    return null;
                }
            }
        }

        return [.. follow[positions.Length].Select(to => first[to])];
    }

    private int Copies(int position) => positions[position].Max == Particle.Unbounded || IsFreeLoop(position)
        ? Math.Max(positions[position].Min, 1)
        : positions[position].Max;

    // (a{0,n})+ and (a{1,n})+ are a+.
    private bool IsFreeLoop(int position) => positions[position].Min <= 1 && follow[position].Contains(position);

    private ContentModel? Subsets(List<int> start, bool nullable)
    {
        var states = new List<ContentModel.Position>();
        var sets = new List<int[]>();
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        var edges = 0;

        int[] Step(IEnumerable<int> next) =>
            [.. next.Distinct().GroupBy(p => expandedMember[p]).Select(group => StateOf([.. group.Order()])).Order()];

        int StateOf(int[] set)
        {
            var key = string.Join(',', set);
            if (!known.TryGetValue(key, out var state))
            {
                state = states.Count;
                known.Add(key, state);
                sets.Add(set);
                states.Add(new ContentModel.Position(expandedMember[set[0]], 1, 1));
            }

            return state;
        }

        var startFollow = Step(start);
        var stateFollow = new List<int[]>();
        for (var state = 0; state < sets.Count; state++)
        {
            stateFollow.Add(Step(sets[state].SelectMany(p => expandedFollow[p])));
            edges += stateFollow[state].Length;
            if (states.Count > MaxStates || edges > MaxEdges)
            {
                return null;
            }
        }

        return new ContentModel([.. states], [.. stateFollow, startFollow], [.. sets.Select(set => set.Any(p => expandedAccepting[p]))], nullable);
    }
}
