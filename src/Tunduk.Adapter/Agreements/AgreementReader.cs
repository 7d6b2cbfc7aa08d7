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
        string id = root.RequiredText("agreement", Phrases.Of("Agreements.GiveAgreementNumberSuch"), 100) ?? string.Empty;
        root.Required("version", Phrases.Of("Agreements.NumberVersionsDocument1"));
        int version = root.Number("version", 1, 1_000_000) ?? 0;
        ClientId own = Client(root, "own");
        ClientId counterparty = Client(root, "counterparty");
        AgreementRole role = root.RequiredWord("role", ("provider", AgreementRole.Provider), ("consumer", AgreementRole.Consumer));
        if (!own.IsDefault && own == counterparty)
        {
            faults.Add("same_party", root.Node["counterparty"]!, "counterparty", Phrases.Of("Agreements.OwnCounterpartySame"), Phrases.Of("Agreements.NameOtherParticipantSubsystem"));
        }
        else if (!own.IsDefault && !counterparty.IsDefault && own.Instance != counterparty.Instance)
        {
            faults.Warn("other_instance", root.Node["counterparty"]!, "counterparty", Phrases.Of("Agreements.OwnCounterpartyDifferentInstances"), Phrases.Of("Agreements.RightOnlyWhereTwo"));
        }

        AgreementPeriod valid = Valid(root);
        YamlSection? caller = root.Section("caller");
        YamlSection? signature = root.Section("signature");
        string? defaultIssue = root.Text("defaultIssue", 200);
        if (defaultIssue is not null && role == AgreementRole.Provider)
        {
            faults.Add("contradiction", root.Node["defaultIssue"]!, "defaultIssue", Phrases.Of("Agreements.DefaultBasisRequestsWe"), Phrases.Of("Agreements.LeaveOutSetCaller"));
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
            faults.Warn("signed_one_way", root.Node["signature"]!, "signature.outbound", Phrases.Of("Agreements.CounterpartyMustSignWhat"), Phrases.Of("Agreements.WriteOutboundEmbeddedCounterparty"));
        }

        if (agreement.Signature.Inbound == InboundSignature.Required && agreement.Certificates.Count == 0 && root.Node["certificates"] is null)
        {
            faults.Warn("no_certificate", root.Node, "certificates", Phrases.Of("Agreements.SignaturesRequiredNoCertificate"), Phrases.Of("Agreements.PinCertificateHereUnless"));
        }

        if (agreement.DefaultIssue is { } issue && agreement.Purposes.Count > 0 && !agreement.Purposes.Any(p => IssueRule.BeginsWith(issue, p)))
        {
            faults.Add("contradiction", root.Node["defaultIssue"]!, "defaultIssue", Phrases.Of("Agreements.DefaultBasisBeginsNone"), Phrases.Of("Agreements.BeginPurposes"));
        }

        if (agreement.Basis.Kind == AgreementBasisKind.Consent && agreement.Basis.Until is null)
        {
            faults.Warn("consent_without_end", root.Node["basis"]!, "basis.until", Phrases.Of("Agreements.ConsentNoEndOwn"), Phrases.Of("Agreements.WriteUntilWhenConsent"));
        }

        if (agreement.Basis.Date > agreement.Valid.From)
        {
            faults.Warn("basis_after_beginning", root.Node["basis"]!, "basis.date", Phrases.Of("Agreements.BasisDatedAfterAgreement"), Phrases.Of("Agreements.CheckTwoDatesNothing"));
        }

        if (agreement.Role == AgreementRole.Provider && agreement.Caller.Issue == CallerDemand.Record && (agreement.Purposes.Count > 0 || agreement.Services.Any(static s => s.Purposes.Count > 0)))
        {
            faults.Warn("purpose_not_demanded", root.Node["caller"]!, "caller.issue", Phrases.Of("Agreements.PurposeAgreedRequestsWithout"), Phrases.Of("Agreements.WriteIssueRequiredDrop"));
        }

        if (agreement.Suspended is { } stop && stop.Until <= stop.From)
        {
            faults.Add("contradiction", root.Node["suspended"]!, "suspended", Phrases.Of("Agreements.StopEndsBeforeBegins"), Phrases.Of("Agreements.UntilFirstDayExchange"));
        }

        foreach (AgreementService service in agreement.Services.Where(static s => s.Environment == AgreementEnvironment.Production).Take(1))
        {
            foreach ((string name, ClientId party) in new[] { ("own", agreement.Own), ("counterparty", agreement.Counterparty) })
            {
                if (TestName.Matches(party.SubsystemCode ?? string.Empty))
                {
                    faults.Add("test_like_name", root.Node[name]!, name, Phrases.Of("Agreements.LooksLikeTestSubsystem", party.SubsystemCode, service.Service.Name), Phrases.Of("Agreements.WriteEnvironmentTestServices"));
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
                faults.Add("contradiction", root.Node["limits"]!, "limits", Phrases.Of("Agreements.AllowsWholeAgreementLess", service.Service.Name, wider), Phrases.Of("Agreements.BothLimitsHoldWriteMost"));
            }
        }

        foreach (AgreementCertificate certificate in agreement.Certificates)
        {
            if (!certificate.Period.Overlaps(agreement.Valid))
            {
                faults.Warn("certificate_never_used", root.Node["certificates"]!, "certificates", Phrases.Of("Agreements.CertificateHoldsAgreement", certificate.Period, agreement.Valid), Phrases.Of("Agreements.CheckDates"));
            }
        }
    }

    private static string? Wider(string name, long? ofService, long? ofAgreement) => ofService > ofAgreement ? $"{name}: {ofService}" : null;

    private static ClientId Client(YamlSection root, string name)
    {
        string? text = root.RequiredText(name, Phrases.Of("Agreements.WriteInstanceClassMember"), 400);
        if (text is null)
        {
            return default;
        }

        if (!ClientId.TryParse(text, out ClientId id, out IdentifierFault fault))
        {
            root.Faults.Add("wrong_identifier", root.Node[name]!, name, fault.ToString() ?? Phrases.Of("Agreements.NoIdentifier"), Phrases.Of("Agreements.WriteInstanceClassMember"));
        }
        else if (id.SubsystemCode is null && !id.MemberClass.All(char.IsAsciiLetter))
        {
            // Three parts are a member, or a subsystem whose instance was forgotten: a class of members is a word.
            root.Faults.Add("wrong_identifier", root.Node[name]!, name, Phrases.Of("Agreements.IdentifierThreeParts"), Phrases.Of("Agreements.WriteAllFourInstance"));
        }
        else if (id.SubsystemCode is null)
        {
            root.Faults.Warn("member_without_subsystem", root.Node[name]!, name, Phrases.Of("Agreements.WholeMemberNoneSubsystems"), Phrases.Of("Agreements.RightOnlyClientAsks"));
        }

        return id;
    }

    private static AgreementPeriod Valid(YamlSection root)
    {
        root.Required("valid", Phrases.Of("Agreements.WriteValidFrom2026"));
        YamlSection? valid = root.Section("valid");
        if (valid is null)
        {
            return default;
        }

        valid.Required("from", Phrases.Of("Agreements.WriteFirstDay"));
        valid.Required("until", Phrases.Of("Agreements.WriteFirstDayNo"));
        DateOnly? from = valid.Date("from");
        DateOnly? until = valid.Date("until");
        valid.End();
        if (from >= until)
        {
            root.Faults.Add("contradiction", valid.Node, "valid", Phrases.Of("Agreements.EndNotAfterBeginning"), Phrases.Of("Agreements.UntilFirstDayAgreement"));
        }

        return new AgreementPeriod(from ?? default, until);
    }
}
