using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Agreements;

/// <summary>Reads the smaller parts of a service: persons, attachments, faults, headers.</summary>
internal sealed class AgreementServiceParts(YamlSection s)
{
    /// <summary>Headers that never cross, listed or not: they belong to one hop or are credentials of another system.</summary>
    private static readonly HashSet<string> NeverCross = new(StringComparer.Ordinal)
    {
        "authorization", "proxy-authorization", "cookie", "set-cookie", "host", "connection", "content-length", "content-encoding", "transfer-encoding", "te", "upgrade", "expect", "trailer", "keep-alive", "forwarded", "x-forwarded-for", "x-forwarded-host",

        // Of the signature's profile, on REST and as header blocks of SOAP: written by the adapters alone.
        "signature", "signature-input", "content-digest", "digest", "security", "exchange", "requesthash",
    };

    private static bool IsReserved(string name) => NeverCross.Contains(name) || name.StartsWith("x-road-", StringComparison.Ordinal) || name.StartsWith("tunduk-", StringComparison.Ordinal) || name.StartsWith("x-tunduk-", StringComparison.Ordinal);

    private static readonly string[] Sides = [FieldList.Request, FieldList.Response];

    /// <summary>Where a person is named.</summary>
    /// <param name="kinds">The words for the kinds of keys.</param>
    /// <param name="contract">The contract's fields; null where none is known.</param>
    public IReadOnlyList<PersonPath> Persons(IReadOnlyList<string> kinds, ContractFields? contract)
    {
        List<PersonPath> persons = [];
        foreach (YamlSection p in s.Sections("persons"))
        {
            string? path = p.RequiredText("path", Phrases.Of("Agreements.WriteRequestResponsePath"));
            string kind = p.RequiredText("kind", Phrases.Of("Agreements.Write", string.Join(", ", kinds)), 40) ?? kinds[0];
            p.End();
            if (!kinds.Contains(kind, StringComparer.Ordinal))
            {
                s.Faults.Add("wrong_word", p.Node["kind"]!, p.PathOf("kind"), Phrases.Of("Agreements.NoKindPersonKey", kind), Phrases.Of("Agreements.Write", string.Join(", ", kinds)));
            }

            if (path is null)
            {
                continue;
            }

            int slash = path.IndexOf('/', StringComparison.Ordinal);
            string side = slash > 0 ? path[..slash] : string.Empty;
            if (!Sides.Contains(side, StringComparer.Ordinal) || !FieldPath.TryParse(path[(slash + 1)..], out FieldPath below) || below.Text.Contains('*', StringComparison.Ordinal))
            {
                s.Faults.Add("wrong_path", p.Node["path"]!, p.PathOf("path"), Phrases.Of("Agreements.NoPathField"), Phrases.Of("Agreements.WriteRequestResponsePathField"));
                continue;
            }

            PersonPath person = new(side, below, kind);
            if (persons.Contains(person))
            {
                s.Faults.Add("duplicate_path", p.Node["path"]!, p.PathOf("path"), Phrases.Of("Agreements.PersonStandsHereSecond"), Phrases.Of("Agreements.KeepTwo"));
            }

            Resolve(person, contract, p);
            persons.Add(person);
        }

        return persons;
    }

    // A path that is not there indexes nobody: searches for the person would find nothing, and nothing would say so.
    private void Resolve(PersonPath person, ContractFields? contract, YamlSection p)
    {
        if (contract is null)
        {
            return;
        }

        bool isRequest = person.Side == FieldList.Request;
        IReadOnlyList<ContractField> fields = isRequest ? contract.Request : contract.Response;
        bool wrapped = (isRequest ? contract.RequestShape : contract.ResponseShape) == MessageShape.Wrapped && !person.Path.IsAbsolute;
        string wanted = (wrapped ? person.Side + "/" : string.Empty) + string.Join('/', person.Path.Names);
        bool outside = person.Path.Names[0] is "path" or "query" && !fields.Any(f => f.Path.Names[0] == person.Path.Names[0]);
        string ofBody = wanted.StartsWith("body/", StringComparison.Ordinal) ? wanted[5..] : wanted;
        if (outside || fields.Any(f => f.Path.Text == wanted || f.Path.Text == ofBody || f.Path.Text == "body/" + wanted))
        {
            return;
        }

        IReadOnlyList<string> near = NearestName.Of(wanted, fields.Where(static f => !f.HasChildren).Select(static f => f.Path.Text));
        s.Faults.AddContract(
            "unknown_path",
            p.Node["path"]!,
            p.PathOf("path"),
            Phrases.Of("Agreements.ContractNo", person.Side, person.Path),
            near.Count > 0 ? Phrases.Of("Agreements.Nearest", string.Join(", ", near.Select(n => n.StartsWith(person.Side + "/", StringComparison.Ordinal) ? n : person.Side + "/" + n))) : Phrases.Of("Agreements.SeeContractShowFields"));
    }

    public IReadOnlyList<AttachmentRule> Attachments()
    {
        List<AttachmentRule> rules = [];
        foreach (YamlSection a in s.Sections("attachments"))
        {
            string side = a.Word("side", (FieldList.Response, FieldList.Response), (FieldList.Request, FieldList.Request));
            string? name = a.RequiredText("name", Phrases.Of("Agreements.WriteNameAttachmentQuotes"), 200);
            string[] types = [.. a.Texts("types", 200).Select(static t => t.ToLowerInvariant())];
            int? maxBytes = a.Number("maxBytes", 1, int.MaxValue);
            a.End();
            if (Array.Exists(types, static t => t.Contains('*', StringComparison.Ordinal) || t.Any(static c => char.IsWhiteSpace(c) || c == ';')))
            {
                s.Faults.Add("wrong_type", a.Node["types"]!, a.PathOf("types"), Phrases.Of("Agreements.MediaTypeStandsItself"), Phrases.Of("Agreements.WriteEachTypeWithout"));
            }
            else if (types.Length == 0 || !Array.TrueForAll(types, static t => t.Count(static c => c == '/') == 1))
            {
                s.Faults.Add("missing_key", a.Node, a.PathOf("types"), Phrases.Of("Agreements.MediaTypesMayPass"), Phrases.Of("Agreements.WriteTypesImageJpeg"));
            }

            AttachmentRule rule = new(side, name ?? string.Empty, types, maxBytes);
            if (rules.Exists(r => r.Side == side && r.Name == rule.Name && r.Types.Intersect(types, StringComparer.Ordinal).Any()))
            {
                s.Faults.Add("duplicate_attachment", a.Node, a.PathOf("name"), Phrases.Of("Agreements.AnotherRuleNamesSame"), Phrases.Of("Agreements.KeepTwo"));
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
                    s.Faults.Add("wrong_path", node, at, fault, Phrases.Of("Agreements.WritePathBelowDetail"));
                }
            }
        }

        f.End();
        return new FaultRules(show, detail);
    }

    /// <summary>Method and path of each endpoint; where none is written, that of the contract.</summary>
    public IReadOnlyList<RestEndpoint> Endpoints(FieldRules request, ContractFields? contract)
    {
        if (contract is { MapsXml: true } && s.Node["endpoints"] is { IsNull: false } none && none.Text != "none")
        {
            s.Faults.Add("contradiction", none, s.PathOf("endpoints"), Phrases.Of("Agreements.ServiceSoapContractNo"), Phrases.Of("Agreements.TakeThemAwayRest"));
        }

        List<RestEndpoint> endpoints = [];
        foreach ((YamlNode node, string at) in s.List("endpoints"))
        {
            if (s.TextOf(node, at, 1_000) is not { } text)
            {
                continue;
            }

            if (!RestEndpoint.TryParse(text, out RestEndpoint endpoint, out string? fault))
            {
                s.Faults.Add("wrong_endpoint", node, at, fault, Phrases.Of("Agreements.WriteGetPersonsPin"));
                continue;
            }

            if (endpoints.Exists(other => other.MeansSameAs(endpoint)))
            {
                s.Faults.Add("duplicate_endpoint", node, at, Phrases.Of("Agreements.AnotherEndpointMeantSame"), Phrases.Of("Agreements.KeepTwoNameValue"));
            }

            foreach (string name in endpoint.Parameters.Where(n => !request.Allow.Any(p => p.Names[0] is "path" or "*" or "**" && (p.Names.Count == 1 || p.Names[1] is "*" or "**" || p.Names[1] == n))))
            {
                s.Faults.Warn("path_value_not_listed", node, at, Phrases.Of("Agreements.PathNotRequestList", name), Phrases.Of("Agreements.AddPathRequestAllow", name));
            }

            endpoints.Add(endpoint);
        }

        return endpoints.Count == 0 && contract?.Endpoint is { } known ? [known] : endpoints;
    }

    /// <summary>Headers by name, those that the request's list names as <c>header/NAME</c> among them.</summary>
    public (IReadOnlySet<string> Request, IReadOnlySet<string> Response) Headers(FieldRules request)
    {
        HashSet<string> listed = new(StringComparer.OrdinalIgnoreCase);
        foreach (FieldPath path in request.Allow.Where(static p => p.Names.Count == 2 && p.Names[0] == "header"))
        {
            string name = path.Names[1].ToLowerInvariant();
            if (IsReserved(name))
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
        s.Faults.Add("header_never_crosses", node, at, Phrases.Of("Agreements.NotHeaderAgreementCan", name), Phrases.Of("Agreements.CredentialsHeadersConnectionSignature"));

    private HashSet<string> Names(YamlSection h, string side)
    {
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach ((YamlNode node, string at) in h.List(side))
        {
            string name = (h.TextOf(node, at, 100) ?? string.Empty).ToLowerInvariant();
            if (IsReserved(name))
            {
                NeverCrosses(node, at, name);
            }
            else if (name.Length > 0 && !name.All(static c => char.IsAsciiLetterOrDigit(c) || "!#$%&'+-.^_`|~".Contains(c, StringComparison.Ordinal)))
            {
                s.Faults.Add("wrong_text", node, at, Phrases.Of("Agreements.NoNameHeader"), Phrases.Of("Agreements.WriteEachHeaderName"));
            }
            else
            {
                names.Add(name);
            }
        }

        return names;
    }
}
