using System.Globalization;

namespace Tunduk.Adapter.Sandbox;

/// <summary>The two sides of the demonstration's agreement, as files. Parties, people and numbers are invented.</summary>
internal static class SandboxAgreements
{
    public const string FileName = "SLA-2026-014.yaml";

    /// <summary>The register's side: what it may hand to the credit office.</summary>
    public static string Provider(string consumerCertificate, DateOnly today) => $$"""
        # Annex 1 between the population register and the credit office (both invented), in executable form.
        # Try it: remove a name from response.allow, restart the sandbox, ask again.
        agreement: SLA-2026-014
        version: 1
        own: {{SandboxNames.Provider}}
        counterparty: {{SandboxNames.Consumer}}
        role: provider
        basis: { kind: sla, reference: "SLA No. 14 (sandbox)", date: {{Day(today)}} }
        valid: { from: {{Day(today)}}, until: {{Day(today.AddYears(1))}} }
        purposes: [loan-scoring]
        representedParties: none
        contacts: [ { role: responsible, name: "Invented Person", email: "register@sandbox.example", phone: "+996 000 000000" } ]
        signature: { outbound: embedded, inbound: required }
        certificates: [ { sha256: "{{consumerCertificate}}", from: {{Day(today)}}, until: {{Day(today.AddYears(2))}} } ]
        caller: { userId: required, issue: required }
        services:
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

    /// <summary>The credit office's side: what it may ask and take.</summary>
    public static string Consumer(string providerCertificate, DateOnly today) => $$"""
        # The credit office's copy of the same agreement (both parties invented).
        agreement: SLA-2026-014
        version: 1
        own: {{SandboxNames.Consumer}}
        counterparty: {{SandboxNames.Provider}}
        role: consumer
        basis: { kind: sla, reference: "SLA No. 14 (sandbox)", date: {{Day(today)}} }
        valid: { from: {{Day(today)}}, until: {{Day(today.AddYears(1))}} }
        purposes: [loan-scoring]
        representedParties: none
        contacts: [ { role: responsible, name: "Invented Person", email: "loans@sandbox.example", phone: "+996 000 000001" } ]
        signature: { outbound: embedded, inbound: required }
        certificates: [ { sha256: "{{providerCertificate}}", from: {{Day(today)}}, until: {{Day(today.AddYears(2))}} } ]
        caller: { userId: required, issue: required }
        services:
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
