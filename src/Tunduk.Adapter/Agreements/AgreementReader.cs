using System.Collections.Concurrent;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Agreements;

/// <summary>Reads agreement documents. Every fault of a document is reported at once, with line, column and remedy.</summary>
internal sealed class AgreementReader
{
    private readonly Func<ServiceId, ContractFields?> contracts;
    private readonly ConcurrentDictionary<ServiceId, ContractFields?> known = new();
    private readonly TimeSpan offset;
    private readonly Func<ClientId, IEnumerable<string>> services;

    /// <summary>A reader that holds documents against contracts.</summary>
    /// <param name="contracts">Gives the fields of a service, or null where no contract is known: names are then not checked.</param>
    /// <param name="offset">Offset of the days in documents; Bishkek (UTC+06:00) by default.</param>
    /// <param name="services">Names of a provider's services in the contracts, to name the nearest to one that is not there.</param>
    public AgreementReader(Func<ServiceId, ContractFields?>? contracts = null, TimeSpan? offset = null, Func<ClientId, IEnumerable<string>>? services = null)
    {
        this.services = services ?? (static _ => []);
        this.contracts = contracts is null ? static _ => null : service => known.GetOrAdd(service, contracts);
        this.offset = offset ?? TimeSpan.FromHours(6);
    }

    /// <summary>Asks for the contracts anew, since they have changed.</summary>
    public void ForgetContracts() => known.Clear();

    /// <summary>Reads a document; every fault is told at once.</summary>
    /// <param name="file">Name of the file, for faults.</param>
    /// <param name="document">Its bytes.</param>
    /// <param name="established">
    /// The text was good before: a name that its contract has lost since is then a warning, for a new contract must
    /// not stop an exchange that a listed name cannot harm.
    /// </param>
    public AgreementReading Read(string file, ReadOnlySpan<byte> document, bool established = false)
    {
        AgreementFaults faults = new(file) { Established = established };
        YamlNode? root = YamlDocumentReader.Read(file, document, faults.Items);
        if (root is null)
        {
            return new AgreementReading(null, faults.Items, []);
        }

        return Read(file, new YamlSection(faults, root, string.Empty), AgreementDigest.Of(document));
    }

    private AgreementReading Read(string file, YamlSection root, AgreementDigest digest)
    {
        AgreementFaults faults = root.Faults;
        string id = root.RequiredText("agreement", "Give the agreement its number, such as SLA-2026-014.", 100) ?? string.Empty;
        root.Required("version", "Number the versions of the document: 1, 2, 3 …");
        int version = root.Number("version", 1, 1_000_000) ?? 0;
        ClientId own = Client(root, "own");
        ClientId counterparty = Client(root, "counterparty");
        AgreementRole role = root.RequiredWord("role", ("provider", AgreementRole.Provider), ("consumer", AgreementRole.Consumer));
        if (!own.IsDefault && own == counterparty)
        {
            faults.Add("same_party", root.Node["counterparty"]!, "counterparty", "own and counterparty are the same", "Name the other participant's subsystem.");
        }
        else if (!own.IsDefault && !counterparty.IsDefault && own.Instance != counterparty.Instance)
        {
            faults.Warn("other_instance", root.Node["counterparty"]!, "counterparty", "own and counterparty are in different instances", "This is right only where the two instances are federated.");
        }

        AgreementPeriod valid = Valid(root);
        YamlSection? caller = root.Section("caller");
        YamlSection? signature = root.Section("signature");
        string? defaultIssue = root.Text("defaultIssue", 200);
        if (defaultIssue is not null && role == AgreementRole.Provider)
        {
            faults.Add("contradiction", root.Node["defaultIssue"]!, "defaultIssue", "a default basis is for requests that we send, and here we answer", "Leave it out, or set caller.issue to 'record'.");
        }

        AgreementServiceReader reader = new(own, counterparty, role, contracts, services);
        AgreementBasis basis = AgreementPartReader.Basis(root);
        Agreement agreement = new()
        {
            Id = id,
            Version = version,
            VersionLine = root.Node["version"]?.Line ?? 0,
            File = file,
            Digest = digest,
            Own = own,
            Counterparty = counterparty,
            Role = role,
            Basis = basis,
            Valid = valid,
            Purposes = AgreementPartReader.Purposes(root),
            DefaultIssue = defaultIssue,
            RepresentedParties = AgreementPartReader.RepresentedParties(root),
            Contacts = AgreementPartReader.Contacts(root),
            Signature = AgreementPartReader.Signature(signature),
            Certificates = AgreementPartReader.Certificates(root),
            Caller = AgreementPartReader.Caller(caller),
            Namespaces = root.Word("namespaces", ("strict", AgreementNamespaces.Strict), ("tolerate-unqualified", AgreementNamespaces.TolerateUnqualified)),
            Hours = AgreementPartReader.Hours(root),
            Limits = AgreementPartReader.Limits(root.Section("limits")),
            Suspended = AgreementPartReader.Suspended(root.Section("suspended"), id, offset),
            Archive = AgreementPartReader.Archive(root.Section("archive")),
            Services = reader.Read(root),
        };

        root.Text("title", 500);
        root.Text("notes", 10_000, lines: true);
        root.End();
        Consistency(root, agreement);
        return new AgreementReading(
            faults.HasErrors ? null : agreement,
            faults.Items,
            own.IsDefault || counterparty.IsDefault ? [] : reader.Keys);
    }

    /// <summary>What is allowed by each key but not by two together.</summary>
    private static void Consistency(YamlSection root, Agreement agreement)
    {
        AgreementFaults faults = root.Faults;
        if (agreement.Signature is { Inbound: InboundSignature.Required, Outbound: OutboundSignature.Detached })
        {
            faults.Warn("signed_one_way", root.Node["signature"]!, "signature.outbound", "the counterparty must sign, and what we send carries no signature: a detached one stays in our archive", "Write 'outbound: embedded': a counterparty whose copy says 'inbound: required' as this one does refuses every message of ours as signature_missing.");
        }

        if (agreement.Signature.Inbound == InboundSignature.Required && agreement.Certificates.Count == 0 && root.Node["certificates"] is null)
        {
            faults.Warn("no_certificate", root.Node, "certificates", "signatures are required and no certificate of the counterparty is named", "Pin its certificate here, unless the host's trust anchors are meant to decide.");
        }

        if (agreement.DefaultIssue is { } issue && agreement.Purposes.Count > 0 && !agreement.Purposes.Any(p => IssueRule.BeginsWith(issue, p)))
        {
            faults.Add("contradiction", root.Node["defaultIssue"]!, "defaultIssue", "the default basis begins with none of the purposes", "Begin it with one of 'purposes'.");
        }

        if (agreement.Basis.Kind == AgreementBasisKind.Consent && agreement.Basis.Until is null)
        {
            faults.Warn("consent_without_end", root.Node["basis"]!, "basis.until", "the consent has no end of its own", "Write until when the consent was given, where it says so.");
        }

        if (agreement.Basis.Date > agreement.Valid.From)
        {
            faults.Warn("basis_after_beginning", root.Node["basis"]!, "basis.date", "the basis is dated after the agreement begins", "Check the two dates: nothing is handed over before there is a basis.");
        }

        if (agreement.Role == AgreementRole.Provider && agreement.Caller.Issue == CallerDemand.Record && (agreement.Purposes.Count > 0 || agreement.Services.Any(static s => s.Purposes.Count > 0)))
        {
            faults.Warn("purpose_not_demanded", root.Node["caller"]!, "caller.issue", "a purpose is agreed, and requests without an issue are let in", "Write 'issue: required', or drop 'purposes': a request that says nothing is only recorded, one that says another purpose is refused.");
        }

        if (agreement.Suspended is { } stop && stop.Until <= stop.From)
        {
            faults.Add("contradiction", root.Node["suspended"]!, "suspended", "the stop ends before it begins", "'until' is the first day on which the exchange goes on.");
        }

        foreach (AgreementService service in agreement.Services.Where(static s => s.Environment == AgreementEnvironment.Production).Take(1))
        {
            foreach ((string name, ClientId party) in new[] { ("own", agreement.Own), ("counterparty", agreement.Counterparty) })
            {
                if (TestName.Matches(party.SubsystemCode ?? string.Empty))
                {
                    faults.Add("test_like_name", root.Node[name]!, name, $"'{party.SubsystemCode}' looks like a test subsystem, and {service.Service.Name} is listed as production", "Write 'environment: test' at the services, or name the production subsystem: test and production never mix.");
                }
            }
        }

        foreach (AgreementService service in agreement.Services)
        {
            string? wider = Wider("perMinute", service.Limits.PerMinute, agreement.Limits.PerMinute)
                ?? Wider("perDay", service.Limits.PerDay, agreement.Limits.PerDay)
                ?? Wider("bytesPerDay", service.Limits.BytesPerDay, agreement.Limits.BytesPerDay)
                ?? Wider("requestBytes", service.Limits.RequestBytes, agreement.Limits.RequestBytes)
                ?? Wider("responseBytes", service.Limits.ResponseBytes, agreement.Limits.ResponseBytes);
            if (wider is not null)
            {
                faults.Add("contradiction", root.Node["limits"]!, "limits", $"{service.Service.Name} allows {wider}, and the whole agreement less", "Both limits hold: write at most the agreement's own at a service.");
            }
        }

        foreach (AgreementCertificate certificate in agreement.Certificates)
        {
            if (!certificate.Period.Overlaps(agreement.Valid))
            {
                faults.Warn("certificate_never_used", root.Node["certificates"]!, "certificates", $"a certificate holds {certificate.Period}, the agreement {agreement.Valid}", "Check the dates.");
            }
        }
    }

    private static string? Wider(string name, long? ofService, long? ofAgreement) => ofService > ofAgreement ? $"{name}: {ofService}" : null;

    private static ClientId Client(YamlSection root, string name)
    {
        string? text = root.RequiredText(name, "Write instance/class/member/subsystem.", 400);
        if (text is null)
        {
            return default;
        }

        if (!ClientId.TryParse(text, out ClientId id, out IdentifierFault fault))
        {
            root.Faults.Add("wrong_identifier", root.Node[name]!, name, fault.ToString() ?? "no identifier", "Write instance/class/member/subsystem.");
        }
        else if (id.SubsystemCode is null && !id.MemberClass.All(char.IsAsciiLetter))
        {
            // Three parts are a member, or a subsystem whose instance was forgotten: a class of members is a word.
            root.Faults.Add("wrong_identifier", root.Node[name]!, name, "an identifier of three parts", "Write all four: instance/class/member/subsystem.");
        }
        else if (id.SubsystemCode is null)
        {
            root.Faults.Warn("member_without_subsystem", root.Node[name]!, name, "this is a whole member and none of its subsystems", "Right only for a client that asks as a member; write instance/class/member/subsystem for a subsystem.");
        }

        return id;
    }

    private static AgreementPeriod Valid(YamlSection root)
    {
        root.Required("valid", "Write 'valid: { from: 2026-03-01, until: 2027-03-01 }'.");
        YamlSection? valid = root.Section("valid");
        if (valid is null)
        {
            return default;
        }

        valid.Required("from", "Write the first day.");
        valid.Required("until", "Write the first day on which it no longer holds; an agreement without an end is never looked at again.");
        DateOnly? from = valid.Date("from");
        DateOnly? until = valid.Date("until");
        valid.End();
        if (from >= until)
        {
            root.Faults.Add("contradiction", valid.Node, "valid", "the end is not after the beginning", "'until' is the first day on which the agreement no longer holds.");
        }

        return new AgreementPeriod(from ?? default, until);
    }
}
