namespace Tunduk.Adapter.Filtering;

/// <summary>
/// Turns paths with wildcards into a tree in which every name has exactly one answer, so that filtering looks up
/// each name of a message once, however long the list is.
/// </summary>
internal sealed class FieldListCompiler
{
    /// <summary>Largest compiled list; only many paths that begin with <c>*</c> come near it.</summary>
    public const int MaxNodes = 65_536;

    private readonly Draft root = new();
    private int nodes;

    /// <summary>Number of nodes made so far; the size of the counters a filter needs.</summary>
    public int NodeCount => nodes;

    /// <summary>Adds a path below <paramref name="prefix"/> (a name, or null for the root).</summary>
    public void Add(string? prefix, IReadOnlyList<string> names, FieldAction action)
    {
        Draft at = prefix is null ? root : root.ChildOf(prefix);
        if (action >= FieldAction.Allow)
        {
            at.Listed = true;
            root.Listed = true;
        }

        foreach (string name in names)
        {
            if (name == "**")
            {
                at.Raise(action);
                at.Subtree |= action == FieldAction.Allow;
                at.Listed |= action == FieldAction.Allow;
                return;
            }

            at = at.ChildOf(name);
            at.Listed |= action == FieldAction.Allow;
        }

        at.Raise(action);
    }

    /// <summary>Marks <paramref name="name"/> below the root as structure even where nothing in it is listed.</summary>
    public void AddStructure(string name)
    {
        root.Listed = true;
        root.ChildOf(name).Listed = true;
    }

    /// <summary>
    /// Puts the list of the echoed request below <paramref name="name"/>, in place of whatever the other list says
    /// there: a wildcard of the response never opens the request.
    /// </summary>
    public void AddEcho(string name, IReadOnlyList<(IReadOnlyList<string> Names, FieldAction Action)> entries)
    {
        Draft echo = root.ReplaceChild(name);
        echo.Sealed = true;
        foreach ((IReadOnlyList<string> names, FieldAction action) in entries)
        {
            Add(name, names, action);
        }
    }

    /// <summary>The compiled tree, or null when it would exceed <see cref="MaxNodes"/>.</summary>
    public FieldNode? Compile() => Build([root], inherited: false, string.Empty, depth: 0, echo: false);

    private FieldNode? Build(List<Draft> drafts, bool inherited, string path, int depth, bool echo)
    {
        if (nodes >= MaxNodes)
        {
            return null;
        }

        bool below = inherited || drafts.Exists(static d => d.Subtree);
        FieldAction action = depth == 0 ? FieldAction.Structure : FieldAction.Unlisted;
        foreach (Draft draft in drafts)
        {
            action = Max(action, draft.Action);
            action = Max(action, draft.Listed ? FieldAction.Structure : FieldAction.Unlisted);
        }

        if (below)
        {
            action = Max(action, FieldAction.Allow);
        }

        if (echo && action == FieldAction.Allow && SecretNames.IsSecretPath(path))
        {
            // A credential goes to the provider where it is listed, and never comes back in the echo.
            action = FieldAction.Blank;
        }

        FieldNode node = new(path, nodes++, action);
        if (action > FieldAction.Allow)
        {
            return node;
        }

        return Fill(node, drafts, below, attributes: false, depth, echo) && Fill(node, drafts, below, attributes: true, depth, echo) ? node : null;
    }

    private bool Fill(FieldNode node, List<Draft> drafts, bool below, bool attributes, int depth, bool echo)
    {
        string star = attributes ? "@*" : "*";
        List<Draft> any = [.. drafts.Select(d => d.Find(star)).OfType<Draft>()];
        IEnumerable<string> names = drafts
            .SelectMany(static d => d.Names)
            .Where(n => n != star && n.StartsWith('@') == attributes)
            .Distinct(StringComparer.Ordinal);

        List<KeyValuePair<string, FieldNode>> children = [];
        foreach (string name in names)
        {
            List<Draft> own = [.. drafts.Select(d => d.Find(name)).OfType<Draft>()];
            bool isSealed = own.Exists(static d => d.Sealed);
            FieldNode? child = Build(isSealed ? own : [.. own, .. any], below && !isSealed, Join(node.Path, name), depth + 1, echo || isSealed);
            if (child is null)
            {
                return false;
            }

            children.Add(new(attributes ? name[1..] : name, child));
        }

        FieldNode? other = null;
        if (any.Count > 0)
        {
            other = Build(any, below, Join(node.Path, star), depth + 1, echo);
            if (other is null)
            {
                return false;
            }
        }
        else if (below)
        {
            // Everything below '**' is allowed at any depth: the node is its own child.
            other = new FieldNode(Join(node.Path, "**"), nodes++, FieldAction.Allow);
            other.OtherChild = other;
            other.OtherAttribute = other;
        }

        NameTable table = children.Count == 0 ? NameTable.Empty : new NameTable(children);
        if (attributes)
        {
            node.Attributes = table;
            node.OtherAttribute = other;
        }
        else
        {
            node.Children = table;
            node.OtherChild = other;
        }

        return true;
    }

    private static FieldAction Max(FieldAction a, FieldAction b) => a > b ? a : b;

    private static string Join(string path, string name) => path.Length == 0 ? name : path + "/" + name;

    private sealed class Draft
    {
        private readonly Dictionary<string, Draft> children = new(StringComparer.Ordinal);

        public FieldAction Action { get; private set; }

        /// <summary>An allowed field stands here or below.</summary>
        public bool Listed { get; set; }

        /// <summary>The path ended in <c>**</c> here.</summary>
        public bool Subtree { get; set; }

        /// <summary>Wildcards from above do not reach into this child.</summary>
        public bool Sealed { get; set; }

        public IEnumerable<string> Names => children.Keys;

        public Draft? Find(string name) => children.GetValueOrDefault(name);

        public Draft ChildOf(string name)
        {
            if (!children.TryGetValue(name, out Draft? child))
            {
                child = new Draft();
                children.Add(name, child);
            }

            return child;
        }

        public Draft ReplaceChild(string name) => children[name] = new Draft();

        public void Raise(FieldAction action) => Action = Max(Action, action);
    }
}
