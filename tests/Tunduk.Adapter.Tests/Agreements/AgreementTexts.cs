using System.Text;
using Tunduk.Adapter.Agreements;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.Agreements;

/// <summary>Documents and names for the tests of agreements; all invented.</summary>
internal static class AgreementTexts
{
    public static readonly ClientId Registry = ClientId.Parse("sandbox/GOV/70009001/registry");
    public static readonly ClientId Loans = ClientId.Parse("sandbox/COM/60009001/loans");
    public static readonly ServiceId GetPerson = ServiceId.Parse("sandbox/GOV/70009001/registry/getPerson/v1");
    public static readonly DateTimeOffset Summer = new(2026, 7, 1, 12, 0, 0, TimeSpan.FromHours(6));

    public const string Full = """
        agreement: SLA-2026-014
        version: 3
        own: sandbox/GOV/70009001/registry
        counterparty: sandbox/COM/60009001/loans
        role: provider
        basis: { kind: sla, reference: "SLA No. 14", date: 2026-03-01 }
        valid: { from: 2026-03-01, until: 2027-03-01 }
        purposes: [loan-scoring]
        representedParties: none
        contacts: [ { role: responsible, name: "A. B.", email: "a@example.kg", phone: "+996 000" } ]
        signature: { outbound: embedded, inbound: required }
        certificates: [ { sha256: "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", from: 2026-03-01, until: 2028-03-01 } ]
        caller: { userId: required, issue: required }
        services:
          - service: getPerson/v1
            environment: production
            request:  { allow: [pin] }
            response: { allow: [surname, name, patronymic, dateOfBirth, address/**], unlisted: remove }
            attachments: none
            persons: [ { path: request/pin, kind: pin } ]
        archive: { content: filtered, retain: P3Y, confirmedBy: "Owner", basis: "Order 5" }

        """;

    public static AgreementReading Read(string text, Func<ServiceId, ContractFields?>? contracts = null) =>
        new AgreementReader(contracts).Read("a.yaml", Encoding.UTF8.GetBytes(text));

    public static Agreement Agreement(string text) => Read(text).Agreement.ShouldNotBeNull();
}
