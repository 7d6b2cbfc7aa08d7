using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.OpenApi;
using Tunduk.XRoad.Contracts.Proto;
using Tunduk.XRoad.Contracts.Samples;
using Tunduk.XRoad.Mapping;

namespace Tunduk.XRoad.Tests.Contracts;

/// <summary>What we say of JSON by an OpenAPI description is what Python's jsonschema says, of the schemas we write and of those of 3.1 as they stand.</summary>
public class OpenApiJudgeTests
{
    private const string Judge = """
        import glob, json, sys
        from jsonschema import Draft202012Validator
        wrong = []
        for name in glob.glob(sys.argv[1] + '/*.schema.json'):
            schema = json.load(open(name, encoding='utf-8'))
            Draft202012Validator.check_schema({k: v for k, v in schema.items() if k not in ('components', '$defs')})
            validator = Draft202012Validator(schema)
            for line in open(name.replace('.schema.json', '.cases'), encoding='utf-8'):
                valid, text = line[0] == '+', line[1:]
                if validator.is_valid(json.loads(text)) != valid:
                    wrong.append(name + ' ' + line)
        sys.exit('\n'.join(wrong[:20]) or 0)
        """;

    public static TheoryData<string> Files => [.. ContractFiles.OddRest.Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Check_SamplesAndWhatIsLeftOfThem_AreJudgedAsJsonSchemaJudges(string name)
    {
        var path = ContractFiles.OddRest.Single(file => Path.GetFileName(file) == name);
        var contract = ContractFiles.Import(path);
        using var folder = new TemporaryDirectory();
        var number = 0;
        foreach (var operation in contract.Operations)
        {
            var document = Document(operation);
            foreach (var side in Enum.GetValues<MessageSide>())
            {
                var schema = Schema(document, side);
                var cases = Cases(operation.Shape(side));
                cases.Count(text => text[0] == '+').ShouldBeGreaterThan(0);
                File.WriteAllText(Path.Combine(folder.Path, $"{number}.schema.json"), schema.ToJsonString());
                File.WriteAllLines(Path.Combine(folder.Path, $"{number}.cases"), cases);
                number++;

                // The file's own schema, where its dialect is JSON Schema's.
                if (side == MessageSide.Response && path.EndsWith(".json", StringComparison.Ordinal) && Original(path, operation) is { } original)
                {
                    File.WriteAllText(Path.Combine(folder.Path, $"{number}.schema.json"), original.ToJsonString());
                    File.WriteAllLines(Path.Combine(folder.Path, $"{number}.cases"), cases);
                    number++;
                }
            }
        }

        Run(folder.Path);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Wire_Samples_ComeBackAsTheyWere(string name)
    {
        var contract = ContractFiles.Import(ContractFiles.OddRest.Single(file => Path.GetFileName(file) == name));
        foreach (var method in ProtoBuilder.Build("p", "S", contract.Operations).Methods)
        {
            foreach (var side in Enum.GetValues<MessageSide>())
            {
                var message = side == MessageSide.Request ? method.Request : method.Response;
                for (ulong seed = 0; seed < 20; seed++)
                {
                    var sample = new ArrayBufferWriter<byte>();
                    SampleWriter.Write(method.Operation.Shape(side), seed, sample).ShouldBeTrue(method.Name);
                    var wire = new ArrayBufferWriter<byte>();
                    JsonToProto.Write(message, sample.WrittenMemory, wire).Faults.ShouldBeEmpty(method.Name);
                    var again = new ArrayBufferWriter<byte>();
                    ProtoToJson.Write(message, wire.WrittenMemory, again).Faults.ShouldBeEmpty(method.Name);
                    JsonCheck.Check(method.Operation.Shape(side).Element, again.WrittenSpan).Faults.ShouldBeEmpty($"{method.Name} {Encoding.UTF8.GetString(sample.WrittenSpan)} {Encoding.UTF8.GetString(again.WrittenSpan)}");
                    Reduced(JsonNode.Parse(again.WrittenSpan)).ShouldBe(Reduced(JsonNode.Parse(sample.WrittenSpan)), method.Name);
                }
            }
        }
    }

    // An empty list that may be absent, and a null in its place, are absent on the wire; so is nothing else.
    private static string Reduced(JsonNode? node) => node switch
    {
        JsonObject members => "{" + string.Join(',', members.Where(member => member.Value is not JsonArray { Count: 0 } && !(member.Key == "marks" && member.Value is null)).OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => member.Key + ":" + Reduced(member.Value))) + "}",
        JsonArray items => "[" + string.Join(',', items.Select(Reduced)) + "]",
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => decimal.Parse(value.ToJsonString(), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture).ToString("G29", System.Globalization.CultureInfo.InvariantCulture),
        null => "null",
        _ => node.ToJsonString(),
    };

    private static List<string> Cases(MessageShape shape)
    {
        var cases = new HashSet<string>(StringComparer.Ordinal);
        for (ulong seed = 0; seed < 6; seed++)
        {
            var sample = new ArrayBufferWriter<byte>();
            SampleWriter.Write(shape, seed, sample, seed == 0 ? SampleOptions.Example : null).ShouldBeTrue(shape.Element.Name.Local);
            var text = Encoding.UTF8.GetString(sample.WrittenSpan);
            Add(cases, shape, text);
            foreach (var changed in Changed(text).Take(150))
            {
                Add(cases, shape, changed);
            }
        }

        return [.. cases];
    }

    private static void Add(HashSet<string> cases, MessageShape shape, string text)
    {
        var faults = JsonCheck.Check(shape.Element, Encoding.UTF8.GetBytes(text)).Faults;

        // Formats are annotations to JSON Schema, and which heir a discriminator names is no matter of it.
        var hasFormat = new[] { "created", "scan", "ticket", "since", "as-of" }.Any(name => text.Contains($"\"{name}\":\"x\"", StringComparison.Ordinal));
        var isHeir = shape.Element.Name.Local == "replaceOrderResponse";
        if (!hasFormat && !(isHeir && faults.Count > 0))
        {
            cases.Add((faults.Count == 0 ? "+" : "-") + text);
        }
    }

    // Each value in turn: gone, null, of another kind, out of bounds; each object with one member more.
    private static IEnumerable<string> Changed(string text)
    {
        var count = Places(JsonNode.Parse(text)!).Count;
        for (var i = 0; i < count; i++)
        {
            foreach (var change in new Func<JsonNode, bool>[] { Remove, n => Put(n, null), n => Put(n, "x"), n => Put(n, -7), n => Put(n, 1.5), n => Put(n, true), n => Put(n, new JsonArray()), n => Put(n, new JsonObject()), More })
            {
                var root = JsonNode.Parse(text)!;
                var place = Places(root)[i];
                if (place is not null && change(place))
                {
                    yield return root.ToJsonString();
                }
            }
        }
    }

    private static bool Remove(JsonNode node) => node.Parent switch
    {
        JsonObject parent => parent.Remove(node.GetPropertyName()),
        JsonArray parent => parent.Remove(node),
        _ => false,
    };

    private static bool Put(JsonNode node, JsonNode? value)
    {
        if (node.Parent is null)
        {
            return false;
        }

        node.ReplaceWith(value);
        return true;
    }

    private static bool More(JsonNode node)
    {
        switch (node)
        {
            case JsonObject members:
                members["zz"] = 1;
                return true;
            case JsonArray items when items.Count > 0:
                items.Add(items[0]?.DeepClone());
                return true;
            default:
                return false;
        }
    }

    private static List<JsonNode?> Places(JsonNode node)
    {
        var places = new List<JsonNode?> { node };
        foreach (var child in node switch { JsonObject members => members.Select(member => member.Value), JsonArray items => items, _ => Enumerable.Empty<JsonNode?>() })
        {
            places.AddRange(child is null ? [null] : Places(child));
        }

        return places;
    }

    private static JsonNode Document(Operation operation)
    {
        var json = new ArrayBufferWriter<byte>();
        OpenApiWriter.Write(operation, OpenApiFace.At("/v1/services/x"), json);
        return JsonNode.Parse(json.WrittenSpan)!;
    }

    private static JsonObject Schema(JsonNode document, MessageSide side)
    {
        var post = document["paths"]!["/v1/services/x"]!["post"]!;
        var schema = ((side == MessageSide.Request ? post["requestBody"] : post["responses"]!["200"])!["content"]!["application/json"]!["schema"]!.DeepClone() as JsonObject)!;
        schema["components"] = document["components"]!.DeepClone();
        return schema;
    }

    private static JsonObject? Original(string path, Operation operation)
    {
        var document = JsonNode.Parse(File.ReadAllText(path))!;
        var responses = document["paths"]![operation.Rest!.Path]![operation.Rest.Method.ToLowerInvariant()]!["responses"]!.AsObject();
        if (responses.GetAt(0).Value!["content"]?["application/json"]?["schema"]?.DeepClone() is not JsonObject schema)
        {
            return null;
        }

        schema["components"] = document["components"]!.DeepClone();
        schema["$defs"] = document["$defs"]!.DeepClone();
        return schema;
    }

    private static void Run(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "judge.py"), Judge);
        var start = new ProcessStartInfo("/usr/bin/python3") { UseShellExecute = false, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(folder, "judge.py"));
        start.ArgumentList.Add(folder);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, errors);
    }

    private sealed class TemporaryDirectory : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("openapi-judge").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
