using System.Globalization;

namespace Tunduk.Adapter.Agreements;

// Over 300 lines: one short reader for each part, and no part worth a file.

/// <summary>Reads the parts of an agreement that stand outside its services.</summary>
internal static class AgreementPartReader
{
    private static readonly string[] DayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    public static AgreementBasis Basis(YamlSection root)
    {
        root.Required("basis", Phrases.Of("Agreements.WriteBasisKindSla"));
        YamlSection? basis = root.Section("basis");
        if (basis is null)
        {
            return new AgreementBasis(AgreementBasisKind.Sla, string.Empty, null, null);
        }

        AgreementBasis result = new(
            basis.RequiredWord("kind", ("sla", AgreementBasisKind.Sla), ("consent", AgreementBasisKind.Consent), ("law", AgreementBasisKind.Law)),
            basis.RequiredText("reference", Phrases.Of("Agreements.NameDocumentPeopleCite")) ?? string.Empty,
            basis.Date("date"),
            basis.Date("until"));
        basis.End();
        if (result.Date >= result.Until)
        {
            root.Faults.Add("contradiction", basis.Node, "basis", Phrases.Of("Agreements.EndsBeforeDate"), Phrases.Of("Agreements.UntilFirstDayNo"));
        }

        return result;
    }

    public static IReadOnlyList<string> Purposes(YamlSection section)
    {
        IReadOnlyList<string> purposes = section.Texts("purposes", 200);
        foreach (string purpose in purposes.Where(IssueRule.IsPlaceholder))
        {
            section.Faults.Add("wrong_purpose", section.Node["purposes"]!, section.PathOf("purposes"), Phrases.Of("Agreements.Placeholder", purpose), Phrases.Of("Agreements.NamePurposeSuchLoan"));
        }

        return purposes;
    }

    public static IReadOnlySet<string> RepresentedParties(YamlSection root)
    {
        HashSet<string> parties = new(StringComparer.Ordinal);
        foreach ((YamlNode node, string at) in root.List("representedParties"))
        {
            if (root.TextOf(node, at, 200) is not { } party)
            {
                continue;
            }

            // A code, or its class and the code (X-Road representation, partyClass and partyCode): there is no word for any party.
            if (party.Count(static c => c == '/') > 1 || party.StartsWith('/') || party.EndsWith('/') || party.Any(static c => c == '*' || char.IsWhiteSpace(c)))
            {
                root.Faults.Add("wrong_identifier", node, at, Phrases.Of("Agreements.NoRepresentedParty"), Phrases.Of("Agreements.WriteCodeClassCode"));
            }
            else if (!parties.Add(party))
            {
                root.Faults.Add("duplicate_party", node, at, Phrases.Of("Agreements.PartyStandsHereSecond"), Phrases.Of("Agreements.KeepTwo"));
            }
        }

        return parties;
    }

    public static IReadOnlyList<AgreementContact> Contacts(YamlSection root)
    {
        List<AgreementContact> contacts = [];
        foreach (YamlSection c in root.Sections("contacts"))
        {
            contacts.Add(new(c.RequiredText("role", Phrases.Of("Agreements.WriteResponsibleTechnicalSecurity"), 100) ?? string.Empty, c.Text("name"), c.Text("email"), c.Text("phone")));
            c.End();
        }

        return contacts;
    }

    public static AgreementSignature Signature(YamlSection? s)
    {
        if (s is null)
        {
            return AgreementSignature.Default;
        }

        AgreementSignature result = new(
            s.Word("outbound", ("detached", OutboundSignature.Detached), ("embedded", OutboundSignature.Embedded)),
            s.Word("inbound", ("if-present", InboundSignature.IfPresent), ("required", InboundSignature.Required)),
            s.Word("uniqueId", ("record", false), ("required", true)));
        s.End();
        return result;
    }

    public static IReadOnlyList<AgreementCertificate> Certificates(YamlSection root)
    {
        List<AgreementCertificate> certificates = [];
        foreach (YamlSection c in root.Sections("certificates"))
        {
            AgreementDigest? pinned = Digest(c, "sha256");
            AgreementDigest? authority = Digest(c, "ca");
            string? subject = c.Text("subject");
            DateOnly? from = c.Date("from");
            DateOnly? until = c.Date("until");
            c.End();
            if (c.Node["sha256"] is { IsNull: false } == c.Node["ca"] is { IsNull: false })
            {
                root.Faults.Add("contradiction", c.Node, "certificates", Phrases.Of("Agreements.CertificateNamedExactlySha256"), Phrases.Of("Agreements.WriteSha256Certificate"));
            }
            else if (authority is not null && subject is null)
            {
                root.Faults.Add("missing_key", c.Node, c.PathOf("subject"), Phrases.Of("Agreements.AuthorityIssuesMany"), Phrases.Of("Agreements.WritePartSubjectName"));
            }
            else if (from >= until)
            {
                root.Faults.Add("contradiction", c.Node, c.PathOf("until"), Phrases.Of("Agreements.EndNotAfterBeginning"), Phrases.Of("Agreements.CheckDates"));
            }

            if (subject is not null && (subject.Split('=', 2) is not [{ Length: > 0 }, var part] || part.Trim().Length == 0 || part.Contains('*', StringComparison.Ordinal)))
            {
                root.Faults.Add("wrong_subject", c.Node["subject"]!, c.PathOf("subject"), Phrases.Of("Agreements.NoPartSubjectName"), Phrases.Of("Agreements.WriteNameValueSuch"));
            }

            AgreementCertificate certificate = new(pinned, authority, subject, new AgreementPeriod(from ?? DateOnly.MinValue, until));
            if (certificates.Exists(other => other.Sha256 == pinned && other.Authority == authority && other.Subject == subject && other.Period.Overlaps(certificate.Period)))
            {
                root.Faults.Add("duplicate_certificate", c.Node, c.PathOf(pinned is null ? "ca" : "sha256"), Phrases.Of("Agreements.CertificateStandsHereSecond"), Phrases.Of("Agreements.KeepTwo"));
            }

            certificates.Add(certificate);
        }

        return certificates;
    }

    public static AgreementCaller Caller(YamlSection? s)
    {
        if (s is null)
        {
            return AgreementCaller.Default;
        }

        AgreementCaller result = new(
            s.Word("userId", ("required", CallerDemand.Required), ("record", CallerDemand.Record)),
            s.Word("issue", ("required", CallerDemand.Required), ("record", CallerDemand.Record)));
        s.End();
        return result;
    }

    public static AgreementLimits Limits(YamlSection? s)
    {
        if (s is null)
        {
            return AgreementLimits.None;
        }

        AgreementLimits limits = new(
            s.Number("perMinute", 1, 10_000_000),
            s.Number("perDay", 1, int.MaxValue),
            s.LongNumber("bytesPerDay", 1, long.MaxValue),
            s.Number("requestBytes", 1, int.MaxValue),
            s.Number("responseBytes", 1, int.MaxValue));
        s.End();
        if (limits.PerMinute > limits.PerDay)
        {
            s.Faults.Add("contradiction", s.Node["perMinute"]!, s.PathOf("perMinute"), Phrases.Of("Agreements.MoreExchangesMinuteThan"), Phrases.Of("Agreements.BothLimitsHoldWrite"));
        }

        foreach ((string name, int? most) in new[] { ("requestBytes", limits.RequestBytes), ("responseBytes", limits.ResponseBytes) })
        {
            if (most > limits.BytesPerDay)
            {
                s.Faults.Add("contradiction", s.Node[name]!, s.PathOf(name), Phrases.Of("Agreements.MessageMayLargerThan"), Phrases.Of("Agreements.BothLimitsHoldWriteSize"));
            }
        }

        return limits;
    }

    public static AgreementArchive Archive(YamlSection? s)
    {
        if (s is null)
        {
            return AgreementArchive.Default;
        }

        RetentionTerm? retain = null;
        if (s.Text("retain", 20) is { } text)
        {
            if (RetentionTerm.TryParse(text, out RetentionTerm term))
            {
                retain = term;
            }
            else
            {
                s.Faults.Add("wrong_term", s.Node["retain"]!, s.PathOf("retain"), Phrases.Of("Agreements.NoTerm", text), Phrases.Of("Agreements.WriteP3YP18MP2W"));
            }
        }

        AgreementArchive archive = new(
            s.Word("content", ("filtered", ArchiveContent.Filtered), ("as-received", ArchiveContent.AsReceived), ("none", ArchiveContent.None)),
            retain,
            s.Text("confirmedBy"),
            s.Text("basis"),
            s.Word("keepFailed", ("none", false), ("evidence", true)));
        s.End();
        if (archive.Retain is not null && archive.ConfirmedBy is null)
        {
            s.Faults.Warn("term_not_confirmed", s.Node, s.PathOf("confirmedBy"), Phrases.Of("Agreements.NobodyConfirmedTerm"), Phrases.Of("Agreements.NothingPurgedBeforeConfirmedBy"));
        }

        return archive;
    }

    public static AgreementSuspension? Suspended(YamlSection? s, string id, TimeSpan offset)
    {
        if (s is null)
        {
            return null;
        }

        DateOnly? from = s.Date("from");
        DateOnly? until = s.Date("until");
        string? reason = s.RequiredText("reason", Phrases.Of("Agreements.SayWhyExchangeStopped"));
        string? by = s.RequiredText("by", Phrases.Of("Agreements.NameWhoOrdered"));
        s.End();
        return new AgreementSuspension(
            id,
            from is { } f ? new DateTimeOffset(f, TimeOnly.MinValue, offset) : DateTimeOffset.MinValue,
            until is { } u ? new DateTimeOffset(u, TimeOnly.MinValue, offset) : null,
            reason ?? string.Empty,
            by ?? string.Empty);
    }

    public static IReadOnlyList<AgreementHours> Hours(YamlSection section)
    {
        List<AgreementHours> hours = [];
        foreach (YamlSection h in section.Sections("hours"))
        {
            HashSet<DayOfWeek> days = [];
            foreach ((YamlNode node, string path) in h.List("days"))
            {
                AddDays(h, node, path, days);
            }

            if (days.Count == 0)
            {
                days.UnionWith(Enum.GetValues<DayOfWeek>());
            }

            AgreementHours window = new(days, Time(h, "from"), Time(h, "until"));
            h.End();
            if (window.From == window.Until && window.From != TimeOnly.MinValue)
            {
                h.Faults.Add("contradiction", h.Node, h.PathOf("until"), Phrases.Of("Agreements.HoursEndWhenBegin"), Phrases.Of("Agreements.LeaveBothOutWhole"));
            }

            hours.Add(window);
        }

        return hours;
    }

    private static void AddDays(YamlSection h, YamlNode node, string path, HashSet<DayOfWeek> days)
    {
        string[] ends = (node.Text ?? string.Empty).Split('-');
        int first = Array.IndexOf(DayNames, ends[0].Trim());
        int last = Array.IndexOf(DayNames, ends[^1].Trim());
        if (first < 0 || last < 0 || ends.Length > 2)
        {
            h.Faults.Add("wrong_word", node, path, Phrases.Of("Agreements.ThisIsNoDay"), Phrases.Of("Agreements.WriteSpanSuchMon", string.Join(", ", DayNames)));
            return;
        }

        // A span may pass the end of the week: fri-mon.
        int count = ((last - first + 7) % 7) + 1;
        for (int i = 0; i < count; i++)
        {
            days.Add((DayOfWeek)((first + i + 1) % 7));
        }
    }

    private static TimeOnly Time(YamlSection h, string name)
    {
        string? text = h.Text(name, 10);
        if (text is null or "24:00" || TimeOnly.TryParseExact(text, "HH\\:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            return text is null or "24:00" ? TimeOnly.MinValue : TimeOnly.ParseExact(text, "HH\\:mm", CultureInfo.InvariantCulture);
        }

        h.Faults.Add("wrong_time", h.Node[name]!, h.PathOf(name), Phrases.Of("Agreements.NoTimeDay"), Phrases.Of("Agreements.WriteHoursMinutesQuotes"));
        return TimeOnly.MinValue;
    }

    private static AgreementDigest? Digest(YamlSection c, string name)
    {
        string? text = c.Text(name, 120);
        if (text is null)
        {
            return null;
        }

        if (AgreementDigest.TryParse(text, out AgreementDigest digest))
        {
            return digest;
        }

        c.Faults.Add("wrong_digest", c.Node[name]!, c.PathOf(name), Phrases.Of("Agreements.TextCharactersNoSha", text.Length), Phrases.Of("Agreements.Write64HexadecimalDigits"));
        return null;
    }
}
