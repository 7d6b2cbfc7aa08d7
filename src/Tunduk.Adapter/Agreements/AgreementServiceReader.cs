using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Agreements;

/// <summary>Reads the services of an agreement and compiles their lists.</summary>
internal sealed class AgreementServiceReader(ClientId own, ClientId counterparty, AgreementRole role, Func<ServiceId, ContractFields?> contracts, Func<ClientId, IEnumerable<string>> services)
{
    private static readonly string[] PersonKinds = ["pin", "tin", "document", "plate"];

    private readonly HashSet<ServiceId> seen = [];

    /// <summary>Keys of the services read so far, also of those with faults.</summary>
    public List<AgreementKey> Keys { get; } = [];

    public IReadOnlyList<AgreementService> Read(YamlSection root)
    {
        root.Required("services", Phrases.Of("Agreements.ListLeastService"));
        List<AgreementService> found = [];
        int count = 0;
        foreach (YamlSection section in root.Sections("services"))
        {
            count++;
            if (Service(section) is { } service)
            {
                found.Add(service);
            }

            section.End();
        }

        if (count == 0 && root.Node["services"] is { IsNull: false } empty)
        {
            root.Faults.Add("missing_key", empty, "services", Phrases.Of("Agreements.ListEmpty"), Phrases.Of("Agreements.ListLeastService"));
        }

        return found;
    }

    // A side that was forgotten hands over nothing, which is safe and never what was meant.
    private static void NothingListed(YamlSection s, string side, FieldRules rules, IReadOnlyList<ContractField>? contract)
    {
        bool hasFields = contract is null ? side == FieldList.Response : contract.Any(static f => !f.HasChildren);
        if (hasFields && s.Node[side] is null or { IsNull: true })
        {
            s.Faults.Warn("nothing_listed", s.Node["service"] ?? s.Node, s.PathOf(side), Phrases.Of("Agreements.ServiceNoSoEvery", side), Phrases.Of("Agreements.WriteAllowFieldsMay", side));
        }
        else if (rules.Allow.Any(static p => p.Names.All(static n => n is "*" or "**")))
        {
            s.Faults.Warn("everything_listed", s.Node[side]!, s.PathOf(side), Phrases.Of("Agreements.ListLetsEveryField"), Phrases.Of("Agreements.NameFieldsAnnex1"));
        }
    }

    private AgreementService? Service(YamlSection s)
    {
        AgreementFaults faults = s.Faults;
        ServiceId id = Name(s);
        AgreementEnvironment environment = s.Word("environment", ("production", AgreementEnvironment.Production), ("test", AgreementEnvironment.Test));
        if (!id.IsDefault && environment == AgreementEnvironment.Production && (TestName.Matches(id.Code) || TestName.Matches(id.Version ?? string.Empty)))
        {
            faults.Add("test_like_name", s.Node["service"]!, s.PathOf("service"), Phrases.Of("Agreements.LooksLikeTestService", id.Name), Phrases.Of("Agreements.WriteEnvironmentTestAsk"));
        }

        FieldListReader lists = new(faults);
        FieldRules request = lists.Read(s, FieldList.Request);
        FieldRules response = lists.Read(s, FieldList.Response);
        ContractFields? contract = id.IsDefault ? null : contracts(id);
        if (contract is not null)
        {
            if (contract.ServiceName is { } name && name != id.Name)
            {
                faults.Warn("service_name_differs", s.Node["service"]!, s.PathOf("service"), Phrases.Of("Agreements.ContractCallsService", name), Phrases.Of("Agreements.CodeVersionComparedExactly", name));
            }

            ContractChecker checker = new(faults, s, role, contract.MapsXml);
            checker.Check(FieldList.Request, request, contract.Request, contract.RequestShape);
            checker.Check(FieldList.Response, response, contract.Response, contract.ResponseShape);
        }
        else if (!id.IsDefault)
        {
            IReadOnlyList<string> near = NearestName.Of(id.Name, services(id.Provider));
            faults.Warn("no_contract", s.Node["service"] ?? s.Node, s.PathOf("service"), Phrases.Of("Agreements.NoContractServiceKnown"), near.Count > 0 ? Phrases.Of("Agreements.NearestContractsCorrectName", string.Join(", ", near)) : Phrases.Of("Agreements.ImportWsdlOpenAPIContract"));
        }

        AgreementServiceParts parts = new(s);
        IReadOnlyList<RestEndpoint> endpoints = parts.Endpoints(request, contract);
        if (contract?.MapsXml != true && (contract is not null || endpoints.Count > 0) && response.Allow.Concat(response.Blank).FirstOrDefault(static p => p.Names[0] == "body" && p.Names.Count > 1) is { Text.Length: > 0 } ofBody)
        {
            faults.Add("wrong_path", s.Node[FieldList.Response]!, s.PathOf("response"), Phrases.Of("Agreements.NamesNothingOnlyRequests", ofBody), Phrases.Of("Agreements.WriteGiven", string.Join('/', ofBody.Names.Skip(1))));
        }

        NothingListed(s, FieldList.Request, request, contract?.Request);
        NothingListed(s, FieldList.Response, response, contract?.Response);

        Lazy<ServiceFields>? fields = null;
        if (!ServiceFields.MayMultiply(request, response))
        {
            fields = new Lazy<ServiceFields>(() => ServiceFields.Compile(request, response, contract) ?? throw new InvalidOperationException("a list without wildcards always compiles"));
        }
        else if (ServiceFields.Compile(request, response, contract) is { } compiled)
        {
            fields = new Lazy<ServiceFields>(compiled);
        }
        else
        {
            faults.Add("list_too_large", s.Node, s.PathOf("response"), Phrases.Of("Agreements.WildcardsListsMultiply"), Phrases.Of("Agreements.NameFieldsInsteadBeginning"));
        }

        IReadOnlyList<PersonPath> persons = parts.Persons(PersonKinds, contract);
        IReadOnlyList<AttachmentRule> attachments = parts.Attachments();
        FaultRules faultRules = parts.Faults();
        (IReadOnlySet<string> requestHeaders, IReadOnlySet<string> responseHeaders) = parts.Headers(request);
        AgreementXml xml = AgreementXml.Read(s, id.IsDefault ? string.Empty : id.Code, contract);
        IReadOnlyList<string> purposes = AgreementPartReader.Purposes(s);
        IReadOnlyList<AgreementHours> hours = AgreementPartReader.Hours(s);
        AgreementLimits limits = AgreementPartReader.Limits(s.Section("limits"));
        if (id.IsDefault || fields is null)
        {
            return null;
        }

        return new AgreementService
        {
            Service = id,
            Line = s.Node.Line,
            Environment = environment,
            Request = request,
            Response = response,
            Fields = fields,
            Namespaces = contract is null ? xml.Namespaces.Count == 0 ? null : new XmlNamespaceRule(xml.Namespaces) : new XmlNamespaceRule(contract.Namespaces, contract.TypeSubstitution) { Types = contract.Types },
            Xml = xml,
            Endpoints = endpoints,
            RequestHeaders = requestHeaders,
            ResponseHeaders = responseHeaders,
            Attachments = attachments,
            Faults = faultRules,
            Persons = persons,
            Purposes = purposes,
            Hours = hours,
            Limits = limits,
            Contract = contract,
            CheckedAgainstContract = contract is not null,
        };
    }

    private ServiceId Name(YamlSection s)
    {
        string? name = s.RequiredText("service", Phrases.Of("Agreements.WriteCodeVersionCode"), 600);
        ClientId provider = role == AgreementRole.Provider ? own : counterparty;
        if (name is null || provider.IsDefault)
        {
            return default;
        }

        if (!ServiceId.TryParseName(provider, name, out ServiceId id, out IdentifierFault fault))
        {
            s.Faults.Add("wrong_identifier", s.Node["service"]!, s.PathOf("service"), fault.ToString() ?? Phrases.Of("Agreements.NoServiceName"), Phrases.Of("Agreements.WriteCodeVersionCode"));
            return default;
        }

        if (!seen.Add(id))
        {
            s.Faults.Add("duplicate_service", s.Node["service"]!, s.PathOf("service"), Phrases.Of("Agreements.ServiceStandsHereSecond"), Phrases.Of("Agreements.KeepTwoMergeTheir"));
        }

        Keys.Add(new AgreementKey(own, counterparty, id, role));
        return id;
    }
}
