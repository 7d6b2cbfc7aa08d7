using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Agreements;

/// <summary>One service of an agreement with its compiled lists.</summary>
internal sealed record AgreementService
{
    public required ServiceId Service { get; init; }

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

    /// <summary>The namespaces in which names of a message count; null where no contract says so.</summary>
    public required XmlNamespaceRule? Namespaces { get; init; }

    /// <summary>Header names (lower case) that may cross with the request besides the protocol's own.</summary>
    public required IReadOnlySet<string> RequestHeaders { get; init; }

    /// <inheritdoc cref="RequestHeaders"/>
    public required IReadOnlySet<string> ResponseHeaders { get; init; }

    public required IReadOnlyList<AttachmentRule> Attachments { get; init; }

    public required FaultRules Faults { get; init; }

    public required IReadOnlyList<PersonPath> Persons { get; init; }

    /// <summary>Purposes of this service; empty: those of the agreement.</summary>
    public required IReadOnlyList<string> Purposes { get; init; }

    public required IReadOnlyList<AgreementHours> Hours { get; init; }

    public required AgreementLimits Limits { get; init; }

    /// <summary>True when a contract was there to check the paths against.</summary>
    public required bool CheckedAgainstContract { get; init; }
}
