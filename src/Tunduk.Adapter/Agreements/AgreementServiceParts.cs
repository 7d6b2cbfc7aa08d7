using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Agreements;

/// <summary>Reads the smaller parts of a service: persons, attachments, faults, headers.</summary>
internal sealed class AgreementServiceParts(YamlSection s)
{
    /// <summary>Headers that never cross, listed or not: they belong to one hop or are credentials of another system.</summary>
    private static readonly HashSet<string> NeverCross = new(StringComparer.Ordinal)
    {
        "authorization", "proxy-authorization", "cookie", "set-cookie", "host", "connection", "content-length", "content-encoding", "transfer-encoding", "te", "upgrade", "expect", "trailer", "keep-alive", "forwarded", "x-forwarded-for", "x-forwarded-host",
    };

    private static readonly string[] Sides = [FieldList.Request, FieldList.Response];

    public IReadOnlyList<PersonPath> Persons(IReadOnlyList<string> kinds)
    {
        List<PersonPath> persons = [];
        foreach (YamlSection p in s.Sections("persons"))
        {
            string? path = p.RequiredText("path", "Write request/… or response/… and the path of the field.");
            string kind = p.RequiredText("kind", $"Write one of: {string.Join(", ", kinds)}.", 40) ?? kinds[0];
            p.End();
            if (!kinds.Contains(kind, StringComparer.Ordinal))
            {
                s.Faults.Add("wrong_word", p.Node["kind"]!, p.PathOf("kind"), $"'{kind}' is no kind of person key", $"Write one of: {string.Join(", ", kinds)}.");
            }

            if (path is null)
            {
                continue;
            }

            int slash = path.IndexOf('/', StringComparison.Ordinal);
            string side = slash > 0 ? path[..slash] : string.Empty;
            if (!Sides.Contains(side, StringComparer.Ordinal) || !FieldPath.TryParse(path[(slash + 1)..], out FieldPath below) || below.Text.Contains('*', StringComparison.Ordinal))
            {
                s.Faults.Add("wrong_path", p.Node["path"]!, p.PathOf("path"), "this is no path of one field", "Write request/… or response/… and the path of the field, without '*'.");
                continue;
            }

            PersonPath person = new(side, below, kind);
            if (persons.Contains(person))
            {
                s.Faults.Add("duplicate_path", p.Node["path"]!, p.PathOf("path"), "the person stands here a second time", "Keep one of the two.");
            }

            persons.Add(person);
        }

        return persons;
    }

    public IReadOnlyList<AttachmentRule> Attachments()
    {
        List<AttachmentRule> rules = [];
        foreach (YamlSection a in s.Sections("attachments"))
        {
            string side = a.Word("side", (FieldList.Response, FieldList.Response), (FieldList.Request, FieldList.Request));
            string? name = a.RequiredText("name", "Write the name of the attachment in quotes, or \"*\" for any.", 200);
            string[] types = [.. a.Texts("types", 200).Select(static t => t.ToLowerInvariant())];
            int? maxBytes = a.Number("maxBytes", 1, int.MaxValue);
            a.End();
            if (types.Length == 0 || !Array.TrueForAll(types, static t => t.Count(static c => c == '/') == 1))
            {
                s.Faults.Add("missing_key", a.Node, a.PathOf("types"), "the media types that may pass are not named", "Write 'types: [image/jpeg]'.");
            }

            AttachmentRule rule = new(side, name ?? string.Empty, types, maxBytes);
            if (rules.Exists(r => r.Side == side && r.Name == rule.Name && r.Types.Intersect(types, StringComparer.Ordinal).Any()))
            {
                s.Faults.Add("duplicate_attachment", a.Node, a.PathOf("name"), "another rule names the same attachment and type", "Keep one of the two.");
            }

            rules.Add(rule);
        }

        return rules;
    }

    public FaultRules Faults()
    {
        YamlSection? f = s.Section("faults");
        if (f is null)
        {
            return FaultRules.Nothing;
        }

        bool show = f.Word("text", ("hide", false), ("show", true));
        List<FieldPath> detail = [];
        foreach ((YamlNode node, string at) in f.List("detail"))
        {
            if (f.TextOf(node, at) is { } text)
            {
                if (FieldPath.TryParse(text, out FieldPath path, out string? fault))
                {
                    detail.Add(path);
                }
                else
                {
                    s.Faults.Add("wrong_path", node, at, fault, "Write the path below 'detail' (below the fault's data in REST).");
                }
            }
        }

        f.End();
        return new FaultRules(show, detail);
    }

    /// <summary>Method and path of each endpoint; where none is written, that of the contract.</summary>
    public IReadOnlyList<RestEndpoint> Endpoints(FieldRules request, RestEndpoint? ofContract)
    {
        List<RestEndpoint> endpoints = [];
        foreach ((YamlNode node, string at) in s.List("endpoints"))
        {
            if (s.TextOf(node, at, 1_000) is not { } text)
            {
                continue;
            }

            if (!RestEndpoint.TryParse(text, out RestEndpoint endpoint, out string? fault))
            {
                s.Faults.Add("wrong_endpoint", node, at, fault, "Write it as \"GET /persons/{pin}\".");
                continue;
            }

            if (endpoints.Contains(endpoint))
            {
                s.Faults.Add("duplicate_endpoint", node, at, "the endpoint stands here a second time", "Keep one of the two.");
            }

            foreach (string name in endpoint.Parameters.Where(n => !request.Allow.Any(p => p.Names[0] is "path" or "*" or "**" && (p.Names.Count == 1 || p.Names[1] is "*" or "**" || p.Names[1] == n))))
            {
                s.Faults.Warn("path_value_not_listed", node, at, $"'path/{name}' is not on the request's list, so every call of this endpoint is refused", $"Add path/{name} to request.allow.");
            }

            endpoints.Add(endpoint);
        }

        return endpoints.Count == 0 && ofContract is { } known ? [known] : endpoints;
    }

    /// <summary>Headers by name, those that the request's list names as <c>header/NAME</c> among them.</summary>
    public (IReadOnlySet<string> Request, IReadOnlySet<string> Response) Headers(FieldRules request)
    {
        HashSet<string> listed = new(StringComparer.OrdinalIgnoreCase);
        foreach (FieldPath path in request.Allow.Where(static p => p.Names.Count == 2 && p.Names[0] == "header"))
        {
            string name = path.Names[1].ToLowerInvariant();
            if (NeverCross.Contains(name) || name.StartsWith("x-road-", StringComparison.Ordinal))
            {
                NeverCrosses(s.Node[FieldList.Request] ?? s.Node, s.PathOf("request.allow"), name);
            }
            else
            {
                listed.Add(name);
            }
        }

        YamlSection? h = s.Section("headers");
        if (h is null)
        {
            return (listed, new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        }

        listed.UnionWith(Names(h, FieldList.Request));
        HashSet<string> response = Names(h, FieldList.Response);
        h.End();
        return (listed, response);
    }

    private void NeverCrosses(YamlNode node, string at, string name) =>
        s.Faults.Add("header_never_crosses", node, at, $"'{name}' is not a header an agreement can let cross", "Credentials, headers of one connection and X-Road's own headers follow their own rules.");

    private HashSet<string> Names(YamlSection h, string side)
    {
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach ((YamlNode node, string at) in h.List(side))
        {
            string name = (h.TextOf(node, at, 100) ?? string.Empty).ToLowerInvariant();
            if (NeverCross.Contains(name) || name.StartsWith("x-road-", StringComparison.Ordinal))
            {
                NeverCrosses(node, at, name);
            }
            else if (name.Length > 0 && !name.All(static c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)))
            {
                s.Faults.Add("wrong_text", node, at, "this is no name of a header", "Write the header's name, such as accept-language.");
            }
            else
            {
                names.Add(name);
            }
        }

        return names;
    }
}
