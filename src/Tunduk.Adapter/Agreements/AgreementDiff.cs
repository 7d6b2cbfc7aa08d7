using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Agreements;

/// <summary>Says in words what one version of an agreement allows more or less than another.</summary>
internal static class AgreementDiff
{
    private static readonly DateOnly Epoch = new(2000, 1, 1);

    /// <summary>Every difference, those of the document first, then service by service.</summary>
    /// <param name="old">The version before.</param>
    /// <param name="now">The version after.</param>
    /// <param name="contracts">Gives a service's fields, so that wildcards are compared by what they mean; null: by how they are written.</param>
    public static IReadOnlyList<AgreementDifference> Between(Agreement old, Agreement now, Func<ServiceId, ContractFields?> contracts)
    {
        DifferenceList list = new();
        Head(list, old, now);
        foreach (AgreementService service in now.Services)
        {
            AgreementService? before = old.Services.FirstOrDefault(s => s.Service == service.Service);
            if (before is null)
            {
                list.More(service.Service.Name, Phrases.Of("Agreements.ServiceAddedRequestResponse", Word(service.Environment), Names(service.Request), Names(service.Response)));
            }
            else
            {
                Service(list, before, service, contracts(service.Service));
            }
        }

        foreach (AgreementService service in old.Services.Where(s => now.Services.All(n => n.Service != s.Service)))
        {
            list.Less(service.Service.Name, Phrases.Of("Agreements.ServiceGone"));
        }

        return list.Items;
    }

    private static void Head(DifferenceList list, Agreement old, Agreement now)
    {
        list.Changed("agreement", old.Id, now.Id);
        list.Changed("version", old.Version, now.Version);
        list.Changed("own", old.Own, now.Own);
        list.Changed("counterparty", old.Counterparty, now.Counterparty);
        list.Changed("role", old.Role, now.Role);
        list.Changed("basis.kind", old.Basis.Kind, now.Basis.Kind);
        list.Changed("basis.reference", old.Basis.Reference, now.Basis.Reference);
        list.Changed("basis.date", old.Basis.Date, now.Basis.Date);
        Day(list, "basis.until", old.Basis.Until, now.Basis.Until, laterIsMore: true);
        Day(list, "valid.from", old.Valid.From, now.Valid.From, laterIsMore: false);
        Day(list, "valid.until", old.Valid.Until, now.Valid.Until, laterIsMore: true);
        list.Restriction("purposes", [.. old.Purposes], [.. now.Purposes], "purposes");
        list.Set("representedParties", old.RepresentedParties, now.RepresentedParties, "parties");
        list.Changed("defaultIssue", old.DefaultIssue, now.DefaultIssue);
        list.Changed("contacts", string.Join("; ", old.Contacts.Select(Text)), string.Join("; ", now.Contacts.Select(Text)));
        Demand(list, "caller.userId", old.Caller.UserId == CallerDemand.Required, now.Caller.UserId == CallerDemand.Required);
        Demand(list, "caller.issue", old.Caller.Issue == CallerDemand.Required, now.Caller.Issue == CallerDemand.Required);
        Demand(list, "namespaces", old.Namespaces == AgreementNamespaces.Strict, now.Namespaces == AgreementNamespaces.Strict);
        Demand(list, "signature.inbound", old.Signature.Inbound == InboundSignature.Required, now.Signature.Inbound == InboundSignature.Required);
        Demand(list, "signature.uniqueId", old.Signature.UniqueId, now.Signature.UniqueId);
        list.Changed("signature.outbound", old.Signature.Outbound, now.Signature.Outbound);
        list.Set("certificates", old.Certificates.Select(static c => Text(c)), now.Certificates.Select(static c => Text(c)), "certificates");
        list.Restriction("hours", [.. old.Hours.Select(static h => h.ToString())], [.. now.Hours.Select(static h => h.ToString())], "hours");
        Limits(list, "limits", old.Limits, now.Limits);
        list.Changed("archive.content", old.Archive.Content, now.Archive.Content);
        Retain(list, old.Archive.Retain, now.Archive.Retain);
        list.Changed("archive.confirmedBy", old.Archive.ConfirmedBy, now.Archive.ConfirmedBy);
        list.Changed("archive.basis", old.Archive.Basis, now.Archive.Basis);
        list.Changed("archive.keepFailed", old.Archive.KeepFailed, now.Archive.KeepFailed);
        if (old.Suspended != now.Suspended)
        {
            list.Add(now.Suspended is null ? DifferenceKind.More : DifferenceKind.Less, "suspended", now.Suspended is null ? Phrases.Of("Agreements.StopGone") : Phrases.Of("Agreements.ExchangeStopped", now.Suspended.Reason));
        }
    }

    private static void Service(DifferenceList list, AgreementService old, AgreementService now, ContractFields? contract)
    {
        string name = now.Service.Name;
        if (old.Environment != now.Environment)
        {
            // What was invented until now is real from then on.
            list.Add(now.Environment == AgreementEnvironment.Production ? DifferenceKind.More : DifferenceKind.Less, Phrases.Of("Agreements.Environment", name), Phrases.Of("Agreements.BecomesService", Word(old.Environment), Word(now.Environment), now.Environment == AgreementEnvironment.Production ? Phrases.Of("Agreements.OpensRealData") : Phrases.Of("Agreements.TestServiceNow")));
        }

        FieldListDiff.Compare(list, name, FieldList.Request, old, now, contract?.Request);
        FieldListDiff.Compare(list, name, FieldList.Response, old, now, contract?.Response);
        list.Restriction(Phrases.Of("Agreements.Endpoints", name), [.. old.Endpoints.Select(static e => e.ToString())], [.. now.Endpoints.Select(static e => e.ToString())], "endpoints");
        list.Set(Phrases.Of("Agreements.Namespaces", name), old.Xml.Namespaces, now.Xml.Namespaces, "namespaces");
        list.Set(Phrases.Of("Agreements.Elements", name), old.Xml.Elements, now.Xml.Elements, "elements");
        list.Set(Phrases.Of("Agreements.HeadersRequests", name), old.RequestHeaders, now.RequestHeaders, "headers");
        list.Set(Phrases.Of("Agreements.HeadersResponses", name), old.ResponseHeaders, now.ResponseHeaders, "headers");
        list.Set(Phrases.Of("Agreements.Attachments", name), old.Attachments.Select(Text), now.Attachments.Select(Text), "attachments");
        if (old.Faults.ShowText != now.Faults.ShowText)
        {
            list.Add(now.Faults.ShowText ? DifferenceKind.More : DifferenceKind.Less, Phrases.Of("Agreements.Faults", name), now.Faults.ShowText ? Phrases.Of("Agreements.TextFaultsShown") : Phrases.Of("Agreements.TextFaultsHidden"));
        }

        list.Set(Phrases.Of("Agreements.Faults", name), old.Faults.Detail.Select(static p => p.Text), now.Faults.Detail.Select(static p => p.Text), "details");
        list.Restriction(Phrases.Of("Agreements.Purposes", name), [.. old.Purposes], [.. now.Purposes], Phrases.Of("Agreements.PurposesOwn"));
        list.Restriction(Phrases.Of("Agreements.Hours", name), [.. old.Hours.Select(static h => h.ToString())], [.. now.Hours.Select(static h => h.ToString())], Phrases.Of("Agreements.HoursOwn"));
        Limits(list, Phrases.Of("Agreements.Limits", name), old.Limits, now.Limits);
        list.Changed(Phrases.Of("Agreements.Persons", name), string.Join(", ", old.Persons.Select(static p => $"{p.Side}/{p.Path} {p.Kind}")), string.Join(", ", now.Persons.Select(static p => $"{p.Side}/{p.Path} {p.Kind}")));
    }

    private static void Retain(DifferenceList list, RetentionTerm? old, RetentionTerm? now)
    {
        if (old == now)
        {
            return;
        }

        DifferenceKind kind = old is { } before && now is { } after ? (after.AddTo(Epoch) > before.AddTo(Epoch) ? DifferenceKind.More : DifferenceKind.Less) : DifferenceKind.Other;
        list.Add(kind, "archive.retain", Phrases.Of("Agreements.ExchangesKeptBefore", Say(now), Say(old)));

        static string Say(RetentionTerm? term) => term is null ? Phrases.Of("Agreements.LongOwnerListTerms") : Phrases.Of("Agreements.Least", term);
    }

    private static void Day(DifferenceList list, string where, DateOnly? old, DateOnly? now, bool laterIsMore)
    {
        if (old == now)
        {
            return;
        }

        bool later = (now ?? DateOnly.MaxValue) > (old ?? DateOnly.MaxValue);
        list.Add(later == laterIsMore ? DifferenceKind.More : DifferenceKind.Less, where, Phrases.Of("Agreements.Becomes", Say(old), Say(now)));

        static string Say(DateOnly? day) => day?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) ?? Phrases.Of("Agreements.NoDay");
    }

    private static void Demand(DifferenceList list, string where, bool old, bool now)
    {
        if (old != now)
        {
            list.Add(now ? DifferenceKind.Less : DifferenceKind.More, where, now ? Phrases.Of("Agreements.NowRequired") : Phrases.Of("Agreements.NoLongerRequired"));
        }
    }

    private static void Limits(DifferenceList list, string where, AgreementLimits old, AgreementLimits now)
    {
        list.Limit(where + ".perMinute", old.PerMinute, now.PerMinute);
        list.Limit(where + ".perDay", old.PerDay, now.PerDay);
        list.Limit(where + ".bytesPerDay", old.BytesPerDay, now.BytesPerDay);
        list.Limit(where + ".requestBytes", old.RequestBytes, now.RequestBytes);
        list.Limit(where + ".responseBytes", old.ResponseBytes, now.ResponseBytes);
    }

    private static string Names(FieldRules rules) => rules.Allow.Count == 0 ? "nothing" : string.Join(", ", rules.Allow);

    private static string Word(AgreementEnvironment environment) => environment == AgreementEnvironment.Test ? "test" : "production";

    private static string Text(AgreementCertificate certificate) => $"{(certificate.Sha256 is { } pin ? Phrases.Of("Agreements.Sha256", pin) : Phrases.Of("Agreements.Issued", certificate.Authority, certificate.Subject))} {certificate.Period}";

    private static string Text(AgreementContact contact) => $"{contact.Role}: {string.Join(", ", new[] { contact.Name, contact.Email, contact.Phone }.OfType<string>())}";

    private static string Text(AttachmentRule rule) => Phrases.Of("Agreements.OfThe", rule.Name, rule.Side, string.Join(", ", rule.Types), rule.MaxBytes is { } most ? Phrases.Of("Agreements.MostBytes", most) : string.Empty);
}
