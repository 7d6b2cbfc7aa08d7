using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Tests.Conventions;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.Agreements;

/// <summary>Every operation that the agreement commands must work on: the repository's contracts, a REST one, and the real ones where their folder lies beside the repository.</summary>
internal static class AgreementContractFiles
{
    public static readonly ClientId Own = ClientId.Parse("sandbox/COM/60009001/loans");
    public static readonly ClientId Provider = ClientId.Parse("sandbox/GOV/70009001/registry");

    private const string Rest = """
        openapi: 3.0.3
        info: { title: Addresses, version: "1" }
        paths:
          /address/{pin}:
            get:
              operationId: address-fact
              parameters:
                - { name: pin, in: path, required: true, schema: { type: string } }
                - { name: lang, in: query, schema: { type: string } }
                - { name: X-Case, in: header, schema: { type: string } }
              responses:
                "200":
                  description: ok
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [status]
                        properties:
                          status: { type: boolean }
                          "yes": { type: string }
                          response: { type: object, properties: { street: { type: string }, house: { type: string, nullable: true } } }
        """;

    public static IReadOnlyList<(string File, Operation Operation)> Operations { get; } = Find();

    public static ServiceId Service(Operation operation) => ServiceId.TryParseName(Provider, operation.ToString(), out ServiceId id, out _) ? id : throw new InvalidOperationException(operation.ToString());

    public static Func<ServiceId, ContractFields?> Fields(Operation operation) => _ => ContractFieldsFactory.Of(operation);

    private static List<(string, Operation)> Find()
    {
        string shared = Path.GetFullPath(Path.Combine(Repository.Root, "../shared/contracts"));
        string[] files = [.. Directory.GetFiles(Path.Combine(Repository.Root, "src/Tunduk.Adapter/Sandbox/Contracts"), "*.wsdl"), .. Directory.Exists(shared) ? Directory.GetFiles(shared) : []];
        List<(string, Operation)> all = [];
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            all.AddRange(Contract.Import(file).Contract.ShouldNotBeNull(file).Operations.Select(o => (Path.GetFileName(file), o)));
        }

        Contract rest = Contract.ImportText(System.Text.Encoding.UTF8.GetBytes(Rest), "addresses.yaml").Contract.ShouldNotBeNull();
        all.AddRange(rest.Operations.Select(static o => ("addresses.yaml", o)));
        return all;
    }
}
