using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Schema;
using Tunduk.XRoad.Identifiers;
using ContractNode = Tunduk.XRoad.Contracts.FieldNode;
using FilterShape = Tunduk.Adapter.Filtering.MessageShape;

namespace Tunduk.Adapter.Agreements;

/// <summary>
/// Writes the beginning of an agreement from a contract: every field is there as a comment, personal data is marked, and
/// nothing is allowed before somebody takes a comment sign away.
/// </summary>
internal sealed partial class AgreementDraft(PersonalData personal)
{
    private readonly StringBuilder text = new();

    /// <summary>The document for these services; it passes <c>agreement check</c> as it stands and lets nothing through.</summary>
    /// <param name="own">Own subsystem.</param>
    /// <param name="counterparty">The other side.</param>
    /// <param name="role">Who answers.</param>
    /// <param name="services">Services of the provider with their operations.</param>
    /// <param name="source">Name of the contract.</param>
    /// <param name="today">The day the draft is made; it is valid from then on for a year.</param>
    public string Write(ClientId own, ClientId counterparty, AgreementRole role, IReadOnlyList<(ServiceId Service, Operation Operation)> services, string source, DateOnly today)
    {
        text.Clear();
        Line(Phrases.Of("Agreements.DraftMadeFromAllows", OneLine(source), Day(today)));
        Line(Phrases.Of("Agreements.FieldPassesOnceBefore"));
        Line(Phrases.Of("Agreements.WithoutMarkNotThereby"));
        Line("agreement: DRAFT");
        Line("version: 1");
        Line($"own: {Quoted(own.ToString())}");
        Line($"counterparty: {Quoted(counterparty.ToString())}");
        Line($"role: {(role == AgreementRole.Provider ? "provider" : "consumer")}");
        Line($"basis: {{ kind: sla, reference: \"not agreed yet\", date: {Day(today)} }}   # sla | consent | law");
        Line($"valid: {{ from: {Day(today)}, until: {Day(today.AddYears(1))} }}");
        Line(Phrases.Of("Agreements.PurposesWhatIssueRequest"));
        Line("representedParties: none");
        Line(Phrases.Of("Agreements.ContactsRoleResponsibleName"));
        Line("signature: { outbound: detached, inbound: if-present }");
        Line("caller: { userId: required, issue: required }");
        Line("services:");
        foreach ((ServiceId service, Operation operation) in services)
        {
            Service(service, operation);
        }

        Line(Phrases.Of("Agreements.ArchiveContentFilteredRetain"));
        return text.ToString();
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string OneLine(string value) => new([.. value.Where(static c => !char.IsControl(c)).Take(200)]);

    private static string Quoted(string value) =>
        Plain().IsMatch(value) && value is not ("none" or "null" or "Null" or "NULL" or "true" or "false" or "yes" or "no") ? value : "\"" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    private void Service(ServiceId service, Operation operation)
    {
        ContractFields fields = ContractFieldsFactory.Of(operation);
        Line($"  - service: {Quoted(service.Name)}{(operation.Title is { Length: > 0 } title ? "   # " + OneLine(title) : string.Empty)}");
        Line($"    environment: {(TestName.Matches(service.Code) ? "test" : "production")}");
        if (fields.Endpoint is { } endpoint)
        {
            Line($"    endpoints: [ {Quoted(endpoint.ToString())} ]");
        }

        Side(FieldList.Request, operation.Fields(MessageSide.Request), fields.RequestShape);
        Side(FieldList.Response, operation.Fields(MessageSide.Response), fields.ResponseShape);
        Line("    attachments: none");
        Persons(operation, fields.RequestShape);
    }

    private void Side(string side, FieldTree tree, FilterShape shape)
    {
        ContractNode[] nodes = [.. tree.Enumerate().Where(n => HasValue(n) && FieldPath.TryParse(n.Path, out _) && !IsEcho(side, n.Path, shape))];
        Line($"    {side}:");
        Line($"      allow:{(nodes.Length == 0 ? " []" : string.Empty)}");
        int width = nodes.Length == 0 ? 0 : Math.Min(44, nodes.Max(n => Quoted(Written(side, n.Path, shape)).Length));
        foreach (ContractNode node in nodes)
        {
            string mark = personal.Find(node.Path, node.Title) is { } category ? $"[{category.En}]" : string.Empty;
            string title = node.Title is { Length: > 0 } t ? OneLine(t) : string.Empty;
            string facts = string.Join(", ", new[] { node.Required ? "required" : "optional", node.Repeated ? "list" : null, node.Nillable ? Phrases.Of("Agreements.MayNil") : null }.OfType<string>());
            Line($"        # - {Quoted(Written(side, node.Path, shape)).PadRight(width)}   # {string.Join(' ', new[] { mark, title, $"({facts})" }.Where(static s => s.Length > 0))}");
        }

        Line("      unlisted: remove");
    }

    private void Persons(Operation operation, FilterShape shape)
    {
        (string Path, string Kind)[] persons = [.. operation.Fields(MessageSide.Request).Enumerate()
            .Where(n => HasValue(n) && !n.Path.Contains('@', StringComparison.Ordinal) && FieldPath.TryParse(n.Path, out _))
            .Select(n => (Written(FieldList.Request, n.Path, shape).TrimStart('/'), personal.Find(n.Path[(n.Path.LastIndexOf('/') + 1)..], n.Title)))
            .Where(static p => p.Item2?.Kind is "pin" or "tin" or "plate")
            .Select(static p => (p.Item1, p.Item2!.Kind!))];
        if (persons.Length > 0)
        {
            Line(Phrases.Of("Agreements.PersonsWhereRequestNames"));
            foreach ((string path, string kind) in persons)
            {
                Line($"      - {{ path: {Quoted("request/" + path)}, kind: {kind} }}");
            }
        }
        else
        {
            Line("    persons: []");
        }
    }

    private static bool HasValue(ContractNode node) => node.IsLeaf || node.Type is ComplexType { Content: ContentKind.Simple };

    /// <summary>The echoed request in a response is governed by the request's list.</summary>
    private static bool IsEcho(string side, string path, FilterShape shape) =>
        side == FieldList.Response && shape == FilterShape.Wrapped && (path == FieldList.Request || path.StartsWith(FieldList.Request + "/", StringComparison.Ordinal));

    private static string Written(string side, string path, FilterShape shape) =>
        shape != FilterShape.Wrapped ? path : path.StartsWith(side + "/", StringComparison.Ordinal) ? path[(side.Length + 1)..] : "/" + path;

    private void Line(string line) => text.Append(line).Append('\n');

    [GeneratedRegex("^[A-Za-z_/][A-Za-z0-9_/.-]*$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Plain();
}
