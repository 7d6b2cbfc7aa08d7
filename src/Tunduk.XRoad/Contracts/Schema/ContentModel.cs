namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>
/// The automaton of a content model: one position per element particle (Glushkov), with a counter where a particle
/// may repeat. XSD 1.0 content models are deterministic (§3.8.6, Unique Particle Attribution), so one position is the
/// whole state; where counters leave a choice all the same, or a contract breaks that rule, <see cref="ContentModelDeterminizer"/>
/// makes states of sets of positions.
/// </summary>
internal sealed class ContentModel
{
    public const int Start = -1;
    public const int None = -2;

    public static readonly ContentModel Empty = new([], [[]], [], true);

    /// <summary>Makes the automaton.</summary>
    /// <param name="positions">The element particles.</param>
    /// <param name="follow">For each position the positions that may come next, sorted; the last entry is for the start.</param>
    /// <param name="accepting">Whether the content may end after a position.</param>
    /// <param name="nullable">Whether the content may be empty.</param>
    public ContentModel(Position[] positions, int[][] follow, bool[] accepting, bool nullable)
    {
        Positions = positions;
        this.follow = follow;
        this.accepting = accepting;
        this.nullable = nullable;
    }

    private readonly int[][] follow;
    private readonly bool[] accepting;
    private readonly bool nullable;

    public Position[] Positions { get; }

    /// <summary>One element particle: which member it is and how often it may stand here in a row.</summary>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    public readonly record struct Position(int Member, int Min, int Max);

    public ReadOnlySpan<int> Follow(int state) => follow[state == Start ? Positions.Length : state];

    /// <summary>The state after one more element of this member, or <see cref="None"/>. <paramref name="count"/> is the run length at the state.</summary>
    public int Next(int state, int count, int member, out int nextCount)
    {
        if (state >= 0)
        {
            ref readonly var here = ref Positions[state];
            if (here.Member == member && count < here.Max)
            {
                nextCount = count + 1;
                return state;
            }

            if (count < here.Min)
            {
                nextCount = 0;
                return None;
            }
        }

        foreach (var candidate in Follow(state))
        {
            if (Positions[candidate].Member == member)
            {
                nextCount = 1;
                return candidate;
            }
        }

        nextCount = 0;
        return None;
    }

    /// <summary>Takes <paramref name="occurrences"/> elements of one member in a row; false if the model does not allow them.</summary>
    public bool Take(ref int state, ref int count, int member, int occurrences)
    {
        while (occurrences > 0)
        {
            var next = Next(state, count, member, out var nextCount);
            if (next == None)
            {
                return false;
            }

            state = next;
            count = nextCount;
            occurrences--;

            // A run at one position is taken in one step: a million items cost as much as two.
            var room = Math.Min(occurrences, Positions[state].Max - count);
            count += room;
            occurrences -= room;
            if (Positions[state].Max == Particle.Unbounded)
            {
                // The counter only has to reach Min; it must not overflow.
                count = Math.Min(count, Math.Max(Positions[state].Min, 1));
            }
        }

        return true;
    }

    public bool IsEnd(int state, int count) =>
        state == Start ? nullable : accepting[state] && count >= Positions[state].Min;

    /// <summary>The members that may or must come next, for a refusal.</summary>
    public IReadOnlyList<int> Expected(int state, int count)
    {
        var members = new List<int>();
        if (state >= 0 && count < Positions[state].Max)
        {
            members.Add(Positions[state].Member);
        }

        if (state < 0 || count >= Positions[state].Min)
        {
            foreach (var candidate in Follow(state))
            {
                if (!members.Contains(Positions[candidate].Member))
                {
                    members.Add(Positions[candidate].Member);
                }
            }
        }

        return members;
    }
}
