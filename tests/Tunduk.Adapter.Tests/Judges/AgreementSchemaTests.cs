using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Agreements;
using Tunduk.Adapter.Tests.Conventions;
using Tunduk.Adapter.Tests.Sandbox;
using Tunduk.XRoad.Contracts;

namespace Tunduk.Adapter.Tests.Judges;

/// <summary>The JSON Schema of agreement files, judged by an implementation that is not ours, against every document of the tests.</summary>
public sealed class AgreementSchemaTests
{
    private const string Everything = """
        agreement: SLA-1
        version: 1
        title: All keys
        notes: Every key that may stand in an agreement.
        own: sandbox/COM/60009001/loans
        counterparty: sandbox/GOV/70009001/registry
        role: consumer
        basis: { kind: consent, reference: "Consent 5", date: 2026-03-01, until: 2026-09-01 }
        valid: { from: 2026-03-01, until: 2027-03-01 }
        purposes: loan-scoring
        defaultIssue: loan-scoring batch
        representedParties: [COM/60009009, 60009010]
        contacts: [ { role: responsible, name: A, email: a@example.kg, phone: "+996" } ]
        signature: { outbound: embedded, inbound: required, uniqueId: required }
        certificates:
          - { sha256: "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", from: 2026-03-01, until: 2028-03-01 }
          - { ca: "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", subject: "SERIALNUMBER=70009001" }
        caller: { userId: record, issue: required }
        hours: [ { days: mon-fri, from: "08:30", until: "18:00" }, { days: [sat, sun], from: "22:00", until: "04:00" } ]
        limits: { perMinute: 10, perDay: 1000, bytesPerDay: 100000000, requestBytes: 1000, responseBytes: 100000 }
        suspended: { from: 2026-05-01, until: 2026-06-01, reason: works, by: owner }
        services:
          - service: getPerson/v1
            environment: production
            endpoints: [ "GET /persons/{pin}", "POST /persons" ]
            request: { allow: [path/pin, query/lang, "@id", body/**], unlisted: refuse }
            response: { allow: [surname, /status, "*/name", address/**], unlisted: blank, remove: [address/flat], refuse: [photo], blank: [name] }
            attachments: [ { side: request, name: "*", types: [application/pdf], maxBytes: 1000 }, { name: photo, types: image/jpeg } ]
            headers: { request: [accept-language], response: [etag] }
            xml: { namespaces: ["urn:a", "urn:b"], elements: getPersonV2 }
            faults: { text: show, detail: [reason] }
            persons: [ { path: request/pin, kind: pin } ]
            purposes: [loan-scoring]
            hours: none
            limits: { perMinute: 5 }
          - service: getOrganizations
            request:
            response:
              allow:
        archive: { content: as-received, retain: P1Y6M, confirmedBy: Owner, basis: "Order 5", keepFailed: evidence }
        """;

    // What the reader refuses and a schema can see.
    private static readonly (string From, string To)[] Wrong =
    [
        ("role: provider", "role: boss"),
        ("role: provider", "role:"),
        ("purposes:", "purpose:"),
        ("version: 3", "version: 0"),
        ("version: 3", "version: three"),
        ("environment: production", "enviroment: production"),
        ("environment: production", "environment: live"),
        ("from: 2026-03-01, until: 2027-03-01 }\npurposes", "from: 1 March }\npurposes"),
        ("retain: P3Y", "retain: 3 years"),
        ("retain: P3Y", "retain: P"),
        ("attachments: none", "attachments: [ { name: \"*\" } ]"),
        ("attachments: none", "attachments: all"),
        ("attachments: none", "endpoints: [ FETCH /a ]"),
        ("attachments: none", "xml: { names: [\"urn:a\"] }"),
        ("attachments: none", "limits: { perMinute: 0 }"),
        ("attachments: none", "limits: { perHour: 1 }"),
        ("attachments: none", "faults: { text: yes please }"),
        ("attachments: none", "hours: [ { days: [someday] } ]"),
        ("attachments: none", "hours: [ { from: \"25:00\" } ]"),
        ("path: request/pin", "path: pin"),
        ("kind: pin", "kind: person"),
        ("sha256: \"0011", "sha256: \"zz11"),
        ("sha256:", "ca:"),
        ("[pin]", "[pin//x]"),
        ("unlisted: remove", "unlisted: keep"),
        ("content: filtered", "content: everything"),
        ("own: sandbox/GOV/70009001/registry", "own: registry"),
        ("basis: { kind: sla, reference: \"SLA No. 14\", date", "basis: { kind: sla, date"),
        ("inbound: required", "inbound: always"),
    ];

    /// <summary>Faults that no schema can see: what two places say together, what the contract knows, what a name means.</summary>
    private static readonly HashSet<string> BeyondASchema = new(StringComparer.Ordinal)
    {
        "contradiction", "wrong_purpose", "duplicate_path", "duplicate_party", "duplicate_service", "overlapping_paths", "test_like_name", "duplicate_endpoint", "header_never_crosses",
    };

    [Fact]
    public async Task Schema_EveryVariantOfADocumentWithAllKeys_IsJudgedAsTheReaderJudgesIt()
    {
        using TemporaryFolder folder = new();
        JsonNode whole = Tree(YamlDocumentReader.Read("a.yaml", Encoding.UTF8.GetBytes(Everything), []).ShouldNotBeNull());
        JsonObject variants = [];
        foreach ((string name, JsonNode variant) in Variants(whole))
        {
            variants.Add(name, variant);
        }

        variants.Count.ShouldBeGreaterThan(1_000);
        await File.WriteAllTextAsync(folder["variants.json"], variants.ToJsonString());
        (int code, string output) = await Tool.RunAsync("/usr/bin/python3", Path.Combine(AppContext.BaseDirectory, "judges", "agreement_schema.py"), Path.Combine(Repository.Root, "src/Tunduk.Adapter/Agreements/agreement.schema.json"), folder.Path);
        code.ShouldBe(0, output);
        Dictionary<string, string[]> verdicts = JsonSerializer.Deserialize<Dictionary<string, string[]>>(output)!;

        List<string> wrong = [];
        foreach ((string name, JsonNode? variant) in variants)
        {
            AgreementReading reading = AgreementTexts.Read(variant!.ToJsonString(Readable));
            if (reading.Agreement is not null && verdicts[name].Length > 0)
            {
                wrong.Add($"{name}: the reader takes it, the schema says {verdicts[name][0]}");
            }
            else if (reading.Agreement is null && verdicts[name].Length == 0 && !reading.Faults.Any(static fault => BeyondASchema.Contains(fault.Code) || fault.Key.Contains("xml.elements", StringComparison.Ordinal)))
            {
                wrong.Add($"{name}: the schema takes it, the reader says {reading.Faults.First(static fault => !fault.IsWarning)}");
            }
        }

        wrong.ShouldBeEmpty(string.Join('\n', wrong));
    }

    [Fact]
    public async Task Schema_EveryDocumentOfTheTests_IsJudgedAsTheReaderJudgesIt()
    {
        using TemporaryFolder folder = new();
        Dictionary<string, bool> expected = new(StringComparer.Ordinal);
        DateOnly today = new(2026, 7, 1);
        Write("full", AgreementTexts.Full, good: true);
        Write("everything", Everything, good: true);
        Write("sandbox-provider", SandboxAgreements.Provider(new string('a', 64), today), good: true);
        Write("sandbox-consumer", SandboxAgreements.Consumer(new string('b', 64), today), good: true);
        int number = 0;
        foreach ((string file, Operation operation) in AgreementContractFiles.Operations)
        {
            string draft = AgreementDraftTests.Draft(file, operation.ToString()).Text;
            Write($"draft-{++number}", draft, good: true);
            Write($"open-{number}", AgreementDraftTests.Open(draft), good: true);
        }

        foreach ((string from, string to) in Wrong)
        {
            AgreementTexts.Full.ShouldContain(from);
            Write($"wrong-{++number}", AgreementTexts.Full.Replace(from, to), good: false);
        }

        (int code, string output) = await Tool.RunAsync("/usr/bin/python3", Path.Combine(AppContext.BaseDirectory, "judges", "agreement_schema.py"), Path.Combine(Repository.Root, "src/Tunduk.Adapter/Agreements/agreement.schema.json"), folder.Path);

        code.ShouldBe(0, output);
        Dictionary<string, string[]> verdicts = JsonSerializer.Deserialize<Dictionary<string, string[]>>(output)!;
        verdicts.Count.ShouldBe(expected.Count);
        foreach ((string name, bool good) in expected)
        {
            (verdicts[name].Length == 0).ShouldBe(good, $"{name}: {string.Join("; ", verdicts[name])}\n{File.ReadAllText(Path.Combine(folder.Path, name))}");
        }

        void Write(string name, string text, bool good)
        {
            AgreementReading reading = AgreementTexts.Read(text);
            (reading.Agreement is not null).ShouldBe(good, $"{name}: {string.Join('\n', reading.Faults)}");
            expected.Add(name + ".yaml", good);
            File.WriteAllText(Path.Combine(folder.Path, name + ".yaml"), text);
        }
    }

    private static readonly JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Every node once without it, once with a key more, and once as something else.
    private static IEnumerable<(string Name, JsonNode Variant)> Variants(JsonNode whole)
    {
        foreach (string path in Paths(whole, "").ToList())
        {
            string[] steps = path.Split('/')[1..];
            foreach (string value in new[] { "", "null", "\"\"", "\"x y\"", "\" a\"", "\"none\"", "-1", "0", "1.5", "true", "[]", "{}", "[[]]", "[null]", "[\"a\",\"a\"]", "{\"unknownKey\":1}", "\"2026-13-40\"", "\"a\\u0007b\"" })
            {
                yield return ($"{path} = {value}", Changed(whole, steps, value));
            }

            if (At(whole, steps) is JsonObject)
            {
                yield return ($"{path} + unknownKey", With(whole, steps, "unknownKey"));
                yield return ($"{path} + a key in another case", With(whole, steps, "Allow"));
            }
        }
    }

    private static IEnumerable<string> Paths(JsonNode? node, string path) => node switch
    {
        JsonObject members => members.SelectMany(member => Paths(member.Value, $"{path}/{member.Key}").Prepend($"{path}/{member.Key}")),
        JsonArray items => items.SelectMany((item, i) => Paths(item, $"{path}/{i}").Prepend($"{path}/{i}")),
        _ => [],
    };

    private static JsonNode? At(JsonNode? node, IEnumerable<string> steps) =>
        steps.Aggregate(node, static (current, step) => current is JsonArray items ? items[int.Parse(step, CultureInfo.InvariantCulture)] : current![step]);

    private static JsonNode With(JsonNode whole, string[] steps, string key)
    {
        JsonNode copy = whole.DeepClone();
        At(copy, steps)![key] = "x";
        return copy;
    }

    private static JsonNode Changed(JsonNode whole, string[] steps, string value)
    {
        JsonNode copy = whole.DeepClone();
        JsonNode parent = At(copy, steps[..^1])!;
        JsonNode? changed = value.Length == 0 ? null : JsonNode.Parse(value);
        switch (parent)
        {
            case JsonArray items when value.Length == 0:
                items.RemoveAt(int.Parse(steps[^1], CultureInfo.InvariantCulture));
                break;
            case JsonArray items:
                items[int.Parse(steps[^1], CultureInfo.InvariantCulture)] = changed;
                break;
            case JsonObject members when value.Length == 0:
                members.Remove(steps[^1]);
                break;
            default:
                parent[steps[^1]] = changed;
                break;
        }

        return copy;
    }

    private static JsonNode Tree(YamlNode node) => node switch
    {
        { Items: { } items } => new JsonArray([.. items.Select(static item => item.IsNull ? null : Tree(item))]),
        { Members: { } members } => new JsonObject(members.Select(static member => KeyValuePair.Create(member.Name, member.Value.IsNull ? null : Tree(member.Value)))),
        { Quoted: false, Text: { } text } when int.TryParse(text, CultureInfo.InvariantCulture, out int number) => number,
        _ => node.Text!,
    };
}
