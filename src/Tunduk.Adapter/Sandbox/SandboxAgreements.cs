using System.Globalization;

namespace Tunduk.Adapter.Sandbox;

/// <summary>The two sides of the demonstration's agreement, as files. Parties, people and numbers are invented.</summary>
internal static class SandboxAgreements
{
    public const string FileName = "SLA-2026-014.yaml";

    /// <summary>The register's side: what it may hand to the credit office.</summary>
    public static string Provider(string consumerCertificate, DateOnly today) =>
        Side("provider", SandboxNames.Provider, SandboxNames.Consumer, "register@sandbox.example", consumerCertificate, today);

    /// <summary>The credit office's side: what it may ask and take.</summary>
    public static string Consumer(string providerCertificate, DateOnly today) =>
        Side("consumer", SandboxNames.Consumer, SandboxNames.Provider, "loans@sandbox.example", providerCertificate, today);

    /// <summary>Name of the agreement about the user's contract.</summary>
    public const string ContractFileName = "SLA-2026-015.yaml";

    /// <summary>Name of the agreement about the demonstration's REST service.</summary>
    public const string PersonsFileName = "SLA-2026-016.yaml";

    /// <summary>One side of the agreement about the demonstration's REST service.</summary>
    public static string Persons(string role, string own, string counterparty, string certificate, DateOnly today) => $$"""
        # The register as a REST service: one endpoint, and the fields of its answers. The {{role}}'s copy.
        {{Head(16, role, own, counterparty, $"{role}@sandbox.example", certificate, today)}}
          - service: persons
            environment: production
            endpoints: ["GET /{pin}"]
            request: { allow: [path/pin] }
            response:
              allow: [pin, surname, name, patronymic, gender, dateOfBirth, address/**, document/**, error/**]
              unlisted: remove
            attachments: none
            persons: [ { path: request/path/pin, kind: pin } ]
        archive: { content: filtered }
        """;

    /// <summary>One side of the agreement about the user's contract: everything in it may pass, since all of it is invented.</summary>
    public static string ForContract(string role, string own, string counterparty, string certificate, SandboxContract contract, DateOnly today) => $$"""
        # Written by `tunduk-adapter sandbox --contract` at every start: all fields of the contract, for trying it out.
        # A real agreement names the fields that its Annex 1 lists.
        {{Head(15, role, own, counterparty, $"{role}@sandbox.example", certificate, today)}}
        {{string.Join("\n", contract.Services.Select(service => $$"""
              - service: "{{service.Name}}"
                environment: {{service.Environment}}{{Endpoints(service)}}
                request: { allow: [{{(service.Rest is null ? "\"**\", \"/**\"" : RestFields(service))}}] }
                response: { allow: ["**"{{(service.Rest is null ? ", \"/**\"" : "")}}], unlisted: remove }
                attachments: none
            """))}}
        archive: { content: filtered }
        """;

    // What the agreements have alike: parties, dates, purposes, signatures; up to the services.
    private static string Head(int number, string role, string own, string counterparty, string email, string certificate, DateOnly today) => $$"""
        agreement: SLA-2026-0{{number}}
        version: 1
        own: {{own}}
        counterparty: {{counterparty}}
        role: {{role}}
        basis: { kind: sla, reference: "SLA No. {{number}} (sandbox)", date: {{Day(today)}} }
        valid: { from: {{Day(today)}}, until: {{Day(today.AddYears(1))}} }
        purposes: [loan-scoring]
        representedParties: none
        contacts: [ { role: responsible, name: "Invented Person", email: "{{email}}", phone: "+996 000 000000" } ]
        signature: { outbound: embedded, inbound: required }
        certificates: [ { sha256: "{{certificate}}", from: {{Day(today)}}, until: {{Day(today.AddYears(2))}} } ]
        caller: { userId: required, issue: required }
        services:
        """;

    // Headers and values of a path pass by name only.
    private static string RestFields(SandboxContractService service) => string.Join(", ", service.Operations.SelectMany(operation => operation.Rest!.Parameters)
        .Select(parameter => parameter.Place == "query" ? "query/**" : $"{parameter.Place}/{parameter.Name}")
        .Concat(service.Operations.Where(operation => operation.Rest!.BodyType is not null).Select(_ => "body/**"))
        .Distinct(StringComparer.OrdinalIgnoreCase).Select(field => $"\"{field}\""));

    private static string Endpoints(SandboxContractService service) => service.Rest is null ? ""
        : "\n    endpoints: [" + string.Join(", ", service.Operations.Select(operation => $"\"{operation.Rest!.Method} {operation.Rest.Path}\"")) + "]";

    private static string Side(string role, string own, string counterparty, string email, string certificate, DateOnly today) => $$"""
        # Annex 1 between the population register and the credit office (both invented), in executable form: the {{role}}'s copy.
        # Try it: remove document/** from response.allow in both copies, restart the sandbox, ask again. (A name the contract
        # requires cannot just go: the refusal says so, and `agreement check` warns. unlisted: blank keeps such a field, empty.)
        {{Head(14, role, own, counterparty, email, certificate, today)}}
          - service: getPerson/v1
            environment: production
            request: { allow: [pin] }
            response:
              allow: [pin, surname, name, patronymic, gender, dateOfBirth, address/**, document/**]
              unlisted: remove
            attachments: none
            persons: [ { path: request/pin, kind: pin } ]
        archive: { content: filtered }
        """;

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
