using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Tunduk.Adapter.Filtering;

/// <summary>
/// A compiled list of fields for one side (request or response) of one service: immutable, shared by all
/// exchanges, with a look-up cost per name of the message that does not depend on the length of the list.
/// </summary>
internal sealed class FieldList
{
    public const string Request = "request";
    public const string Response = "response";

    private FieldList(string wrapper, MessageShape shape, UnlistedAction unlisted, FieldNode wrapped, FieldNode flat, int nodeCount)
    {
        Wrapper = wrapper;
        Shape = shape;
        Unlisted = unlisted;
        Wrapped = wrapped;
        Flat = flat;
        NodeCount = nodeCount;
    }

    /// <summary>Name of the element the relative paths start in: <c>request</c> or <c>response</c>.</summary>
    public string Wrapper { get; }

    public MessageShape Shape { get; }

    public UnlistedAction Unlisted { get; }

    /// <summary>The tree for messages that have <see cref="Wrapper"/>.</summary>
    public FieldNode Wrapped { get; }

    /// <summary>The tree for messages that do not.</summary>
    public FieldNode Flat { get; }

    /// <summary>
    /// The JSON is the form of an XML message by its contract: <c>$</c> is the element's own text, <c>$content</c> its
    /// content in order, <c>$type</c> the type it chose.
    /// </summary>
    public bool MapsXml { get; init; }

    /// <summary>Paths whose JSON is a text of XML (xs:anyType): what stands inside is judged as in a message that passes as XML.</summary>
    public IReadOnlySet<string> XmlTexts { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Number of counters a filter run needs.</summary>
    public int NodeCount { get; }

    /// <summary>The list of a request: relative to <c>request</c>, or to the content where there is none.</summary>
    public static FieldList ForRequest(FieldRules rules, IEnumerable<FieldPath>? known = null, MessageShape shape = MessageShape.ByMessage) =>
        TryForRequest(rules, known, shape, out FieldList? list) ? list : throw new ArgumentException("too many combinations of wildcards", nameof(rules));

    /// <summary>
    /// The list of a response: relative to <c>response</c>; the request that providers echo beside it is governed by
    /// the rules of the request, whatever the rules of the response say.
    /// </summary>
    public static FieldList ForResponse(FieldRules rules, FieldRules echoedRequest, IEnumerable<FieldPath>? known = null, MessageShape shape = MessageShape.ByMessage) =>
        TryForResponse(rules, echoedRequest, known, shape, out FieldList? list) ? list : throw new ArgumentException("too many combinations of wildcards", nameof(rules));

    /// <summary>As <see cref="ForRequest"/>; false where wildcards multiply beyond <see cref="FieldListCompiler.MaxNodes"/>.</summary>
    public static bool TryForRequest(FieldRules rules, IEnumerable<FieldPath>? known, MessageShape shape, [NotNullWhen(true)] out FieldList? list)
    {
        FieldPath[] contract = [.. known ?? []];
        FieldListCompiler wrapped = new();
        wrapped.AddStructure(Request);
        Add(wrapped, Request, rules);
        AddKnown(wrapped, contract);
        FieldListCompiler flat = new();
        Add(flat, wrapper: null, rules);
        AddKnown(flat, contract);
        return Finish(Request, shape, rules.Unlisted, wrapped, flat, out list);
    }

    /// <summary>As <see cref="ForResponse"/>; false where wildcards multiply beyond <see cref="FieldListCompiler.MaxNodes"/>.</summary>
    public static bool TryForResponse(FieldRules rules, FieldRules echoedRequest, IEnumerable<FieldPath>? known, MessageShape shape, [NotNullWhen(true)] out FieldList? list)
    {
        FieldPath[] contract = [.. known ?? []];
        FieldListCompiler wrapped = new();
        wrapped.AddStructure(Response);
        Add(wrapped, Response, rules);
        AddEcho(wrapped, echoedRequest);
        AddKnown(wrapped, contract);
        FieldListCompiler flat = new();
        Add(flat, wrapper: null, rules);
        AddEcho(flat, echoedRequest);
        AddKnown(flat, contract);
        return Finish(Response, shape, rules.Unlisted, wrapped, flat, out list);
    }

    /// <summary>The same list for the JSON form of XML messages.</summary>
    /// <param name="xmlTexts">Paths whose JSON is a text of XML; null: none.</param>
    public FieldList ForMappedXml(IEnumerable<string>? xmlTexts = null) => new(Wrapper, Shape, Unlisted, Wrapped, Flat, NodeCount) { MapsXml = true, XmlTexts = (xmlTexts ?? []).ToFrozenSet(StringComparer.Ordinal) };

    /// <summary>The tree to use for a message of which it is known whether it has <see cref="Wrapper"/>.</summary>
    public FieldNode Root(bool hasWrapper) => Shape switch
    {
        MessageShape.Wrapped => Wrapped,
        MessageShape.Flat => Flat,
        _ => hasWrapper ? Wrapped : Flat,
    };

    /// <summary>
    /// What happens to the value at a path of a message, as a filter would decide it: for versions that are compared and
    /// for messages of which only the names are left.
    /// </summary>
    /// <param name="path">Names from the content of the operation element, without positions of arrays.</param>
    /// <param name="hasWrapper">Whether the message has <see cref="Wrapper"/>.</param>
    /// <param name="shown">The path as it may be shown: where only a wildcard covers a name, the wildcard.</param>
    public FieldAction ActionOf(string path, bool hasWrapper, out string shown)
    {
        FieldNode at = Root(hasWrapper);
        foreach (string name in path.Split('/'))
        {
            if (MapsXml && name is "$" or "$type" or "$content")
            {
                continue;
            }

            byte[] utf8 = System.Text.Encoding.UTF8.GetBytes(name);
            FieldNode? next = at.Member(utf8, NameTable.Hash(utf8));
            if (next is null || next.Action > FieldAction.Allow)
            {
                shown = next?.Path ?? FilterTally.UnknownPath(at);
                return ActionFor(next);
            }

            at = next;
        }

        shown = at.Path;
        return ActionFor(at);
    }

    /// <summary>The topmost name on the way to a value at which a filter takes it away, from the content of the operation element; null: it stays.</summary>
    public string? CutAt(string path, bool hasWrapper, out FieldAction action)
    {
        FieldNode at = Root(hasWrapper);
        string[] names = path.Split('/');
        action = FieldAction.Allow;
        for (int i = 0; i < names.Length; i++)
        {
            if (MapsXml && names[i] is "$" or "$type" or "$content")
            {
                continue;
            }

            byte[] utf8 = System.Text.Encoding.UTF8.GetBytes(names[i]);
            FieldNode? next = at.Member(utf8, NameTable.Hash(utf8));
            bool last = i == names.Length - 1;
            if (next is null || next.Action is FieldAction.Unlisted or > FieldAction.Allow || (last && next.Action == FieldAction.Structure))
            {
                action = ActionFor(next);
                return string.Join('/', names[..(i + 1)]);
            }

            at = next;
        }

        return null;
    }

    /// <summary>What happens to a value at a node: allowed, blanked, removed, or the refusal of the message.</summary>
    public FieldAction ActionFor(FieldNode? node) => node?.Action switch
    {
        FieldAction.Allow or FieldAction.Blank or FieldAction.Remove or FieldAction.Refuse => node.Action,
        _ => Unlisted switch
        {
            UnlistedAction.Refuse => FieldAction.Refuse,
            UnlistedAction.Blank when node is not null => FieldAction.Blank,
            _ => FieldAction.Remove,
        },
    };

    private static bool Finish(string wrapper, MessageShape shape, UnlistedAction unlisted, FieldListCompiler wrapped, FieldListCompiler flat, [NotNullWhen(true)] out FieldList? list)
    {
        FieldNode? wrappedRoot = shape == MessageShape.Flat ? null : wrapped.Compile();
        FieldNode? flatRoot = shape == MessageShape.Wrapped ? wrappedRoot : flat.Compile();
        wrappedRoot = shape == MessageShape.Flat ? flatRoot : wrappedRoot;
        list = wrappedRoot is null || flatRoot is null
            ? null
            : new FieldList(wrapper, shape, unlisted, wrappedRoot, flatRoot, Math.Max(wrapped.NodeCount, flat.NodeCount));
        return list is not null;
    }

    private static void Add(FieldListCompiler compiler, string? wrapper, FieldRules rules)
    {
        foreach ((FieldPath path, FieldAction action) in Entries(rules))
        {
            compiler.Add(path.IsAbsolute ? null : wrapper, path.Names, action);
        }
    }

    /// <summary>The rules of the request again, below <c>request</c> of the response: only what is inside that element.</summary>
    private static void AddEcho(FieldListCompiler compiler, FieldRules rules)
    {
        compiler.AddEcho(Request, [.. Entries(rules)
            .Where(static e => !e.Path.IsAbsolute || e.Path.Names[0] == Request)
            .Select(static e => (e.Path.IsAbsolute ? [.. e.Path.Names.Skip(1)] : e.Path.Names, e.Action))]);
    }

    private static void AddKnown(FieldListCompiler compiler, FieldPath[] known)
    {
        foreach (FieldPath path in known)
        {
            compiler.Add(null, path.Names, FieldAction.Unlisted);
        }
    }

    private static IEnumerable<(FieldPath Path, FieldAction Action)> Entries(FieldRules rules) =>
        rules.Allow.Select(static p => (p, FieldAction.Allow))
            .Concat(rules.Blank.Select(static p => (p, FieldAction.Blank)))
            .Concat(rules.Remove.Select(static p => (p, FieldAction.Remove)))
            .Concat(rules.Refuse.Select(static p => (p, FieldAction.Refuse)));
}
