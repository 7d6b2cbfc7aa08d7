namespace Tunduk.XRoad.Contracts.Schema;

// Over 300 lines: one construction from particles to automaton.

/// <summary>Builds the automaton, the members and their order from a particle (Glushkov construction).</summary>
/// <param name="loosen">Treat every finite number above one as unbounded: for a model whose counters leave too many ways.</param>
/// <param name="mergeWildcards">Take all wildcards for one: where a name may fit two of them at one place.</param>
internal sealed class ContentModelBuilder(bool loosen = false, bool mergeWildcards = false)
{
    // A type with more element particles than this is a bomb, not a message (the largest seen in the field has 300).
    public const int MaxPositions = 4_000;
    private const int MaxEdges = 2_000_000;
    private const int MaxUnrolled = 256;
    private const int MaxMixedAll = 8;

    private readonly List<ContentModel.Position> positions = [];
    private readonly List<HashSet<int>> follow = [];
    private readonly List<Member> members = [];
    private readonly Dictionary<object, int> memberIndex = [];
    private readonly HashSet<string> jsonNames = new(StringComparer.Ordinal);
    private int edges;

    private readonly record struct Fragment(bool Nullable, List<int> First, List<int> Last);

    /// <summary>Set when a finite number of a group had to be treated as unbounded.</summary>
    public SchemaLocation? LooseBounds { get; private set; }

    /// <summary>Set when particles compete for the same element (Unique Particle Attribution) and the model is too large to follow all of them.</summary>
    public string? Ambiguous { get; private set; }

    /// <summary>Set when <c>xs:all</c> stands within another group, also through a reference or an extension.</summary>
    public SchemaLocation? NestedAll { get; private set; }

    /// <summary>Set when two wildcards let in the same name at one place (Unique Particle Attribution): they are taken for one.</summary>
    public SchemaLocation? MergedWildcards { get; private set; }

    /// <summary>Set when two element particles of one name have different types (Element Declarations Consistent).</summary>
    public string? Inconsistent { get; private set; }

    public bool TooLarge => positions.Count > MaxPositions || edges > MaxEdges;

    /// <summary>Compiles into the type; false when the model is too large.</summary>
    public bool Build(ComplexType type, Particle? root)
    {
        if (root is { Kind: ParticleKind.All })
        {
            BuildAll(type, root);
            return true;
        }

        var fragment = root is null ? Empty() : Visit(root);
        if (TooLarge)
        {
            return false;
        }

        var start = new HashSet<int>(fragment.First);
        var followArrays = follow.Append(start).Select(set => set.Order().ToArray()).ToArray();
        if (!mergeWildcards && Overlapping(followArrays) is { } overlapping)
        {
            var merged = new ContentModelBuilder(loosen, mergeWildcards: true);
            var fits = merged.Build(type, root);
            (LooseBounds, Ambiguous, Inconsistent, NestedAll, MergedWildcards) = (merged.LooseBounds, merged.Ambiguous, merged.Inconsistent, merged.NestedAll, overlapping);
            return fits;
        }

        var accepting = new bool[positions.Count];
        foreach (var last in fragment.Last)
        {
            accepting[last] = true;
        }

        ContentModel.Position[] all = [.. positions];
        if (!ContentModelDeterminizer.IsNeeded(all, followArrays))
        {
            type.Model = new ContentModel(all, followArrays, accepting, fragment.Nullable);
        }
        else if (ContentModelDeterminizer.Make(all, followArrays, accepting, fragment.Nullable) is { } model)
        {
            type.Model = model;
        }
        else if (!loosen)
        {
            var loose = new ContentModelBuilder(loosen: true, mergeWildcards);
            LooseBounds ??= root!.Location;
            var built = loose.Build(type, root);
            Ambiguous = loose.Ambiguous;
            Inconsistent ??= loose.Inconsistent;
            return built;
        }
        else
        {
            Ambiguous = members[all[0].Member].JsonName;
            type.Model = new ContentModel(all, followArrays, accepting, fragment.Nullable);
        }

        FindRepeated(followArrays);
        if (root is not null)
        {
            foreach (var index in Required(root))
            {
                members[index].Required = true;
            }
        }

        var sorted = Sort(followArrays);
        type.ContentAsList = type.Content == ContentKind.Mixed || !sorted;
        Finish(type);
        return true;
    }

    private void BuildAll(ComplexType type, Particle all)
    {
        var slots = new List<AllSlot>();
        foreach (var child in all.Children.Where(c => c.Max > 0 && all.Max > 0))
        {
            // A reference to the head of a substitution group is a choice of its elements.
            var alternatives = child.Kind == ParticleKind.Choice ? child.Children : [child];
            var first = members.Count;
            foreach (var alternative in alternatives)
            {
                var member = members[MemberOf(alternative)];
                member.Required = all.Min > 0 && child.Min > 0 && alternatives.Count == 1;
                member.Rank = members.Count - 1;
            }

            // An abstract head without anything to stand for it takes no place; where it is required, no message can meet the type.
            if (members.Count > first)
            {
                slots.Add(new AllSlot(first, members.Count - first, child.Min > 0));
            }
        }

        type.AllSlots = slots;
        type.AllMayBeAbsent = all.Min == 0;
        type.AnyOrder = type.Content != ContentKind.Mixed;
        type.ContentAsList = !type.AnyOrder;
        if (type.ContentAsList && slots.Count <= MaxMixedAll && members.Count <= MaxMixedAll * 4)
        {
            type.Model = EveryOrder(slots, all.Min == 0);
        }
        else if (type.ContentAsList)
        {
            // Too many for a state each: any order and number.
            var loop = new Particle { Kind = ParticleKind.Choice, Min = 0, Max = Particle.Unbounded };
            loop.Children.AddRange(all.Children);
            new ContentModelBuilder().Build(type, loop);
            LooseBounds = all.Location;
            return;
        }

        Finish(type);
    }

    // A position for each set of members that can have come, and the one that came last.
    private ContentModel EveryOrder(List<AllSlot> slots, bool mayBeAbsent)
    {
        var slotOf = slots.SelectMany((slot, i) => Enumerable.Repeat(i, slot.Count)).ToArray();
        var required = slots.Select((slot, i) => slot.Required ? 1 << i : 0).Sum();
        var states = Enumerable.Range(0, 1 << slots.Count).SelectMany(set => Enumerable.Range(0, slotOf.Length).Where(last => ((set >> slotOf[last]) & 1) == 1).Select(last => (Set: set, Last: last))).ToList();
        var index = states.Select((state, i) => (state, i)).ToDictionary(pair => pair.state, pair => pair.i);
        int[] After(int set) => [.. Enumerable.Range(0, slotOf.Length).Where(next => ((set >> slotOf[next]) & 1) == 0).Select(next => index[(set | (1 << slotOf[next]), next)]).Order()];
        return new ContentModel(
            [.. states.Select(state => new ContentModel.Position(state.Last, 1, 1))],
            [.. states.Select(state => After(state.Set)), After(0)],
            [.. states.Select(state => (state.Set & required) == required)],
            mayBeAbsent || required == 0);
    }

    private void Finish(ComplexType type)
    {
        // Positions refer to members by index; the list is shown by rank, so ranks are the indexes.
        var order = members.OrderBy(m => m.Rank).ToList();
        var map = members.Select(m => order.IndexOf(m)).ToArray();
        if (!type.AnyOrder)
        {
            for (var i = 0; i < type.Model.Positions.Length; i++)
            {
                var position = type.Model.Positions[i];
                type.Model.Positions[i] = position with { Member = map[position.Member] };
            }
        }

        for (var i = 0; i < order.Count; i++)
        {
            order[i].Rank = i;
        }

        type.Members = order;
        type.MemberTable = new MemberTable([.. order.Select(m => m.Utf8Name)]);
    }

    private static Fragment Empty() => new(true, [], []);

    private Fragment Visit(Particle particle)
    {
        if (particle.Max == 0 || TooLarge)
        {
            return Empty();
        }

        if (particle.Kind is ParticleKind.Element or ParticleKind.Any)
        {
            return Leaf(particle, particle.Min, particle.Max);
        }

        if (particle.Max == 1)
        {
            var body = Body(particle);
            return particle.Min == 0 ? body with { Nullable = true } : body;
        }

        if (particle.Children is [{ Kind: ParticleKind.Element or ParticleKind.Any } only] && Combine(particle, only) is { } counts)
        {
            return Leaf(only, counts.Min, counts.Max);
        }

        if (particle.Max == Particle.Unbounded && particle.Min <= 1)
        {
            return Loop(Body(particle), particle.Min == 0);
        }

        var size = CountLeaves(particle);
        var copies = particle.Max == Particle.Unbounded ? particle.Min : particle.Max;
        if (loosen || (long)size * copies > MaxUnrolled)
        {
            LooseBounds ??= particle.Location;
            return Loop(Body(particle), particle.Min == 0);
        }

        return Unroll(particle, 0);
    }

    /// <summary>Occurrences of (x{a,b}){c,d} where they form one interval.</summary>
    private static (int Min, int Max)? Combine(Particle group, Particle only)
    {
        if (only is { Min: 1, Max: 1 })
        {
            return (group.Min, group.Max);
        }

        if (only is { Min: 0, Max: 1 })
        {
            return (0, group.Max);
        }

        return only.Max == Particle.Unbounded && only.Min <= 1 ? (Math.Min(only.Min, 1) * group.Min, Particle.Unbounded) : null;
    }

    private Fragment Unroll(Particle particle, int done)
    {
        var body = Body(particle);
        if (done + 1 >= particle.Min && particle.Max == Particle.Unbounded)
        {
            return Loop(body, particle.Min <= done);
        }

        var whole = done + 1 < particle.Max ? Concat(body, Unroll(particle, done + 1)) : body;
        return done >= particle.Min ? whole with { Nullable = true } : whole;
    }

    private static int CountLeaves(Particle particle) =>
        particle.Kind is ParticleKind.Element or ParticleKind.Any
            ? 1
            : (int)Math.Min(particle.Children.Sum(c => (long)CountLeaves(c)), MaxPositions + 1);

    private Fragment Leaf(Particle particle, int min, int max)
    {
        if (loosen && max > 1)
        {
            (min, max) = (Math.Min(min, 1), Particle.Unbounded);
        }

        positions.Add(new ContentModel.Position(MemberOf(particle), min, max));
        follow.Add([]);
        var index = positions.Count - 1;
        return new Fragment(min == 0, [index], [index]);
    }

    private Fragment Body(Particle particle)
    {
        if (particle.Kind == ParticleKind.Sequence)
        {
            return particle.Children.Aggregate(Empty(), (left, child) => Concat(left, Visit(child)));
        }

        if (particle.Kind == ParticleKind.All)
        {
            // A nested xs:all is not XSD 1.0; any order of its elements is accepted.
            NestedAll ??= particle.Location;
            return Loop(Choice(particle), true);
        }

        return Choice(particle);
    }

    private Fragment Choice(Particle particle)
    {
        var nullable = particle.Children.Count == 0;
        List<int> first = [], last = [];
        foreach (var child in particle.Children)
        {
            var branch = Visit(child);
            nullable |= branch.Nullable;
            first.AddRange(branch.First);
            last.AddRange(branch.Last);
        }

        return new Fragment(nullable, first, last);
    }

    private Fragment Concat(Fragment left, Fragment right)
    {
        Connect(left.Last, right.First);
        List<int> first = left.Nullable ? [.. left.First, .. right.First] : left.First;
        List<int> last = right.Nullable ? [.. left.Last, .. right.Last] : right.Last;
        return new Fragment(left.Nullable && right.Nullable, first, last);
    }

    private Fragment Loop(Fragment body, bool nullable)
    {
        Connect(body.Last, body.First);
        return body with { Nullable = body.Nullable || nullable };
    }

    private void Connect(List<int> last, List<int> first)
    {
        foreach (var from in last)
        {
            foreach (var to in first)
            {
                if (TooLarge)
                {
                    return;
                }

                if (follow[from].Add(to))
                {
                    edges++;
                }
            }
        }
    }

    private int MemberOf(Particle particle)
    {
        object key = particle.Element is { } element ? element.Name : mergeWildcards ? "$any" : particle.Wildcard!.Key;
        if (memberIndex.TryGetValue(key, out var index))
        {
            if (particle.Element is { } again && !ReferenceEquals(again.Type, members[index].Element!.Type) &&
                (again.Type.Name != members[index].Element!.Type.Name || again.Type.Name.Local.Length == 0))
            {
                Inconsistent ??= again.Name.Local;
            }

            // One name in JSON: it lets in what any of them does.
            if (particle.Wildcard is { } wildcard)
            {
                members[index].Wildcard = members[index].Wildcard!.Or(wildcard);
            }

            return index;
        }

        var local = particle.Element?.Name.Local ?? "$any";
        var name = UniqueNames.Take(jsonNames, local, "$");

        members.Add(new Member(name, particle.Element, particle.Wildcard) { Rank = members.Count });
        memberIndex.Add(key, members.Count - 1);
        return members.Count - 1;
    }

    private HashSet<int> Required(Particle particle)
    {
        if (particle.Min == 0 || particle.Max == 0)
        {
            return [];
        }

        switch (particle.Kind)
        {
            case ParticleKind.Element or ParticleKind.Any:
                return [MemberOf(particle)];
            case ParticleKind.Choice:
                HashSet<int>? common = null;
                foreach (var child in particle.Children)
                {
                    var branch = Required(child);
                    if (common is null)
                    {
                        common = branch;
                    }
                    else
                    {
                        common.IntersectWith(branch);
                    }
                }

                return common ?? [];
            default:
                var all = new HashSet<int>();
                foreach (var child in particle.Children)
                {
                    all.UnionWith(Required(child));
                }

                return all;
        }
    }

    private SchemaLocation? Overlapping(int[][] followArrays)
    {
        if (members.Count(m => m.Wildcard is not null) < 2)
        {
            return null;
        }

        foreach (var next in followArrays)
        {
            var wildcards = next.Select(to => positions[to].Member).Distinct().Select(member => members[member].Wildcard).OfType<Wildcard>().ToList();
            for (var i = 1; i < wildcards.Count; i++)
            {
                if (wildcards.Take(i).Any(wildcards[i].Meets))
                {
                    return wildcards[i].Location;
                }
            }
        }

        return null;
    }

    private void FindRepeated(int[][] followArrays)
    {
        for (var from = 0; from < positions.Count; from++)
        {
            var member = members[positions[from].Member];
            member.Repeated |= positions[from].Max > 1 ||
                followArrays[from].Any(to => positions[to].Member == positions[from].Member);
        }
    }

    /// <summary>
    /// Ranks the members so that every valid content has them in this order; false when no such order exists. The
    /// names form a graph (x before y where a particle of x may be followed by one of y): it must have no cycle.
    /// </summary>
    private bool Sort(int[][] followArrays)
    {
        var after = new HashSet<int>[members.Count];
        var incoming = new int[members.Count];
        for (var i = 0; i < after.Length; i++)
        {
            after[i] = [];
        }

        for (var from = 0; from < positions.Count; from++)
        {
            foreach (var to in followArrays[from])
            {
                var (x, y) = (positions[from].Member, positions[to].Member);
                if (x != y && after[x].Add(y))
                {
                    incoming[y]++;
                }
            }
        }

        var ready = new PriorityQueue<int, int>();
        for (var i = 0; i < incoming.Length; i++)
        {
            if (incoming[i] == 0)
            {
                ready.Enqueue(i, i);
            }
        }

        var rank = new int[members.Count];
        var done = 0;
        while (ready.TryDequeue(out var next, out _))
        {
            rank[next] = done++;
            foreach (var y in after[next])
            {
                if (--incoming[y] == 0)
                {
                    ready.Enqueue(y, y);
                }
            }
        }

        if (done < members.Count)
        {
            return false;
        }

        for (var i = 0; i < rank.Length; i++)
        {
            members[i].Rank = rank[i];
        }

        return true;
    }
}
