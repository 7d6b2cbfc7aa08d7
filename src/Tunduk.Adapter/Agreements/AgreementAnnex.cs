using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Identifiers;
using ContractNode = Tunduk.XRoad.Contracts.FieldNode;
using FilterShape = Tunduk.Adapter.Filtering.MessageShape;

namespace Tunduk.Adapter.Agreements;

/// <summary>
/// Annex 1 of the joining agreement from an agreement document: the numbered list of fields that may be handed over, in
/// words, with what else the parties agreed. The page and the file that is enforced cannot drift apart: one is made of
/// the other and carries its digest.
/// </summary>
internal sealed class AgreementAnnex
{
    private readonly AnnexTexts texts;
    private readonly PersonalData personal;

    private AgreementAnnex(Agreement agreement, AnnexTexts texts, PersonalData personal)
    {
        Agreement = agreement;
        this.texts = texts;
        this.personal = personal;
    }

    public Agreement Agreement { get; }

    /// <summary>The rows, responses before requests, numbered through.</summary>
    public IReadOnlyList<AnnexField> Fields { get; private set; } = [];

    /// <summary>What was agreed besides the fields: a heading and its words, in the order of the page.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; private set; } = [];

    /// <summary>Conditions of each service.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<KeyValuePair<string, string>>>> Services { get; private set; } = [];

    public static AgreementAnnex Of(Agreement agreement, Func<ServiceId, Operation?> contracts, AnnexTexts texts, PersonalData personal)
    {
        AgreementAnnex annex = new(agreement, texts, personal);
        List<AnnexField> fields = [];
        foreach (string side in new[] { FieldList.Response, FieldList.Request })
        {
            foreach (AgreementService service in agreement.Services)
            {
                annex.Rows(fields, side, service, contracts(service.Service));
            }
        }

        annex.Fields = fields;
        annex.Facts = annex.Head();
        annex.Services = [.. agreement.Services.Select(s => KeyValuePair.Create(s.Service.Name, annex.Conditions(s)))];
        return annex;
    }

    private void Rows(List<AnnexField> rows, string side, AgreementService service, Operation? operation)
    {
        FieldRules rules = side == FieldList.Request ? service.Request : service.Response;
        FieldList list = side == FieldList.Request ? service.RequestFields : service.ResponseFields;
        if (operation is null)
        {
            foreach (FieldPath path in rules.Allow)
            {
                string name = path.Names[^1] is "**" or "*" && path.Names.Count > 1 ? path.Names[^2] : path.Names[^1];
                Add(path.IsSubtree ? $"{name}: {texts["below"]}" : name, path.Text, personal.Find(path.Text.Replace("/**", string.Empty, StringComparison.Ordinal)));
            }

            return;
        }

        MessageSide messageSide = side == FieldList.Request ? MessageSide.Request : MessageSide.Response;
        bool wrapped = list.Shape == FilterShape.Wrapped;
        foreach (ContractNode node in operation.Fields(messageSide).Enumerate().Where(n => n.IsLeaf && FieldPath.TryParse(n.Path, out _)))
        {
            bool echo = side == FieldList.Response && node.Path.StartsWith(FieldList.Request + "/", StringComparison.Ordinal);
            if (!echo && list.ActionOf(node.Path, wrapped, out _) == FieldAction.Allow)
            {
                string path = wrapped && node.Path.StartsWith(side + "/", StringComparison.Ordinal) ? node.Path[(side.Length + 1)..] : node.Path;
                Add(node.Title is { Length: > 0 } title ? title : path[(path.LastIndexOf('/') + 1)..], path, personal.Find(node.Path, node.Title));
            }
        }

        void Add(string title, string path, PersonalDataCategory? category) =>
            rows.Add(new AnnexField(rows.Count + 1, side, service.Service.Name, title, path, category?.In(texts.Language)));
    }

    private List<KeyValuePair<string, string>> Head()
    {
        bool answers = Agreement.Role == AgreementRole.Provider;
        AgreementBasis basis = Agreement.Basis;
        List<KeyValuePair<string, string>> facts =
        [
            new(texts["provider"], (answers ? Agreement.Own : Agreement.Counterparty).ToString()),
            new(texts["consumer"], (answers ? Agreement.Counterparty : Agreement.Own).ToString()),
            new(texts["basis"], $"{texts[basis.Kind switch { AgreementBasisKind.Consent => "consent", AgreementBasisKind.Law => "law", _ => "sla" }]}: {basis.Reference}{(basis.Date is { } date ? $", {date:yyyy-MM-dd}" : string.Empty)}{(basis.Until is { } end ? $", {texts["until"]} {end:yyyy-MM-dd}" : string.Empty)}"),
            new(texts["valid"], $"{texts["from"]} {Agreement.Valid.From:yyyy-MM-dd}{(Agreement.Valid.Until is { } until ? $", {texts["until"]} {until:yyyy-MM-dd}" : string.Empty)}"),
            new(texts["purposes"], Join(Agreement.Purposes, "any")),
            new(texts["represented"], Join(Agreement.RepresentedParties, "none")),
        ];
        if (Agreement.Hours.Count > 0)
        {
            facts.Add(new(texts["hours"], string.Join("; ", Agreement.Hours)));
        }

        Limits(facts, Agreement.Limits);
        facts.Add(new(texts["retention"], Agreement.Archive.Retain?.ToString() ?? texts["ownersTerm"]));
        return facts;
    }

    private IReadOnlyList<KeyValuePair<string, string>> Conditions(AgreementService service)
    {
        List<KeyValuePair<string, string>> facts = [];
        if (service.Environment == AgreementEnvironment.Test)
        {
            facts.Add(new(texts["service"], texts["test"]));
        }

        Unlisted(facts, texts["response"], service.Response);
        Unlisted(facts, texts["request"], service.Request);
        if (service.Endpoints.Count > 0)
        {
            facts.Add(new(texts["endpoints"], string.Join("; ", service.Endpoints)));
        }

        facts.Add(new(texts["attachments"], Join([.. service.Attachments.Select(static a => $"{a.Name} ({a.Side}, {string.Join(", ", a.Types)}{(a.MaxBytes is { } most ? $", ≤ {most}" : string.Empty)})")], "none")));
        if (service.RequestHeaders.Count + service.ResponseHeaders.Count > 0)
        {
            facts.Add(new(texts["headers"], string.Join(", ", service.RequestHeaders.Union(service.ResponseHeaders, StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal))));
        }

        facts.Add(new(texts["faultText"], texts[service.Faults.ShowText ? "shown" : "hidden"]));
        if (service.Faults.Detail.Count > 0)
        {
            facts.Add(new(texts["faultDetail"], string.Join(", ", service.Faults.Detail)));
        }

        if (service.Purposes.Count > 0)
        {
            facts.Add(new(texts["purposes"], string.Join(", ", service.Purposes)));
        }

        if (service.Hours.Count > 0)
        {
            facts.Add(new(texts["hours"], string.Join("; ", service.Hours)));
        }

        Limits(facts, service.Limits);
        return facts;
    }

    private void Unlisted(List<KeyValuePair<string, string>> facts, string heading, FieldRules rules)
    {
        facts.Add(new($"{heading}: {texts["unlisted"]}", texts[rules.Unlisted switch { UnlistedAction.Refuse => "refuse", UnlistedAction.Blank => "blank", _ => "remove" }]));
        string[] denied = [.. rules.Remove.Concat(rules.Refuse).Select(static p => p.Text)];
        if (denied.Length > 0)
        {
            facts.Add(new($"{heading}: {texts["denied"]}", string.Join(", ", denied)));
        }

        if (rules.Blank.Count > 0)
        {
            facts.Add(new($"{heading}: {texts["blanked"]}", string.Join(", ", rules.Blank)));
        }
    }

    private void Limits(List<KeyValuePair<string, string>> facts, AgreementLimits limits)
    {
        (string Key, long? Value)[] all =
        [
            ("perMinute", limits.PerMinute), ("perDay", limits.PerDay), ("bytesPerDay", limits.BytesPerDay), ("requestBytes", limits.RequestBytes), ("responseBytes", limits.ResponseBytes),
        ];
        foreach ((string key, long? value) in all)
        {
            if (value is not null)
            {
                facts.Add(new(texts["limits"], $"{texts[key]} {value}"));
            }
        }
    }

    private string Join(IReadOnlyCollection<string> values, string none) => values.Count == 0 ? texts[none] : string.Join(", ", values.Order(StringComparer.Ordinal));
}
