using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Agreements;

/// <summary>One service of an agreement with its compiled lists.</summary>
internal sealed record AgreementService
{
    private FieldList? restError;
    private FieldList? restErrorWithoutCode;

    public required ServiceId Service { get; init; }

    /// <summary>Line of the document in which the service stands, from 1.</summary>
    public int Line { get; init; }

    public required AgreementEnvironment Environment { get; init; }

    /// <summary>The rules as written.</summary>
    public required FieldRules Request { get; init; }

    /// <inheritdoc cref="Request"/>
    public required FieldRules Response { get; init; }

    /// <summary>The compiled lists; compiled at first use, since of many agreements few are used at a time.</summary>
    public required Lazy<ServiceFields> Fields { get; init; }

    /// <summary>The list for the body of a REST request: what is listed under <c>path</c>, <c>query</c> and <c>header</c> opens nothing in it.</summary>
    public FieldList RestBodyFields => Fields.Value.RestBody;

    /// <summary>Methods and paths of a REST service; empty: any method, with paths by position (<c>path/1</c>).</summary>
    public required IReadOnlyList<RestEndpoint> Endpoints { get; init; }

    /// <summary>The list for the request message.</summary>
    public FieldList RequestFields => Fields.Value.Request;

    /// <summary>The list for the response message, the echoed request included.</summary>
    public FieldList ResponseFields => Fields.Value.Response;

    /// <summary>The namespaces in which names of a message count; null where neither a contract nor <see cref="Xml"/> says so.</summary>
    public required XmlNamespaceRule? Namespaces { get; init; }

    /// <summary>What stands in for a contract of the service's XML; nothing where there is one.</summary>
    public required AgreementXml Xml { get; init; }

    /// <summary>Header names (lower case) that may cross with the request besides the protocol's own.</summary>
    public required IReadOnlySet<string> RequestHeaders { get; init; }

    /// <inheritdoc cref="RequestHeaders"/>
    public required IReadOnlySet<string> ResponseHeaders { get; init; }

    public required IReadOnlyList<AttachmentRule> Attachments { get; init; }

    public required FaultRules Faults { get; init; }

    /// <summary>
    /// The list for the JSON body of a REST error: what the response's list lets through in any answer, and of the error's own
    /// members what <see cref="Faults"/> shows.
    /// </summary>
    /// <param name="hasCode">Its <c>type</c> is a code; a text in its place does not pass.</param>
    public FieldList RestErrorFields(bool hasCode) => hasCode ? restError ??= Error(hasCode) : restErrorWithoutCode ??= Error(hasCode);

    public required IReadOnlyList<PersonPath> Persons { get; init; }

    /// <summary>Purposes of this service; empty: those of the agreement.</summary>
    public required IReadOnlyList<string> Purposes { get; init; }

    public required IReadOnlyList<AgreementHours> Hours { get; init; }

    public required AgreementLimits Limits { get; init; }

    /// <summary>The contract's fields; null where none is known.</summary>
    public ContractFields? Contract { get; init; }

    /// <summary>True when a contract was there to check the paths against.</summary>
    public required bool CheckedAgainstContract { get; init; }

    private FieldList Error(bool hasCode)
    {
        List<FieldPath> allow = [.. Faults.Detail.Select(static p => FieldPath.Parse("/detail/" + p.Text.TrimStart('/')))];
        if (hasCode)
        {
            allow.Add(FieldPath.Parse("/type"));
        }

        if (Faults.ShowText)
        {
            allow.Add(FieldPath.Parse("/message"));
        }

        // An unlisted member of an error is left out, not refused: the code of what went wrong helps whoever asked.
        FieldRules rules = Response with { Allow = [.. Response.Allow, .. allow], Refuse = [], Remove = [.. Response.Remove, .. Response.Refuse], Unlisted = UnlistedAction.Remove };
        FieldPath[] known = [FieldPath.Parse("type"), FieldPath.Parse("message"), FieldPath.Parse("detail")];
        return FieldList.TryForRequest(rules, known, MessageShape.Flat, out FieldList? list)
            ? list
            : FieldList.ForRequest(rules with { Allow = allow, Blank = [], Remove = [] }, known, MessageShape.Flat);
    }
}
