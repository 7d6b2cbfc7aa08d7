using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Xml.Linq;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.OpenApi;
using Tunduk.XRoad.Contracts.Proto;
using Tunduk.XRoad.Contracts.Samples;
using Tunduk.XRoad.Mapping;
using Tunduk.XRoad.Tests.Mapping;

namespace Tunduk.XRoad.Tests.Contracts;

/// <summary>What is made from a contract, judged by independent tools: protoc, Python's jsonschema, npm's validator of OpenAPI documents with ajv, and xmllint.</summary>
public class OfferedFormsTests
{
    private const string Checker = """
        import json, sys, glob
        from jsonschema import Draft202012Validator
        for name in glob.glob(sys.argv[1] + '/*.openapi.json'):
            document = json.load(open(name, encoding='utf-8'))
            post = next(iter(document['paths'].values()))['post']
            for part in (post['requestBody'], post['responses']['200']):
                media = part['content']['application/json']
                schema = dict(media['schema'])
                schema['components'] = document['components']
                Draft202012Validator.check_schema(schema)
                validator = Draft202012Validator(schema)
                validator.validate(media['example'])
            for sample in glob.glob(name.replace('.openapi.json', '.*.sample.json')):
                side = post['requestBody'] if '.request.' in sample else post['responses']['200']
                schema = dict(side['content']['application/json']['schema'])
                schema['components'] = document['components']
                Draft202012Validator(schema).validate(json.load(open(sample, encoding='utf-8')))
        """;

    // Reads what we wrote by the descriptor protoc made of our .proto, and writes it again.
    private const string WireJudge = """
        import glob, sys
        from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
        files = descriptor_pb2.FileDescriptorSet.FromString(open(sys.argv[1] + '/all.pb', 'rb').read())
        pool = descriptor_pool.DescriptorPool()
        for f in files.file:
            pool.Add(f)
        factory = message_factory.MessageFactory(pool)
        for name in glob.glob(sys.argv[1] + '/*.wire'):
            message = factory.GetPrototype(pool.FindMessageTypeByName(open(name + '.type').read()))()
            given = open(name, 'rb').read()
            message.ParseFromString(given)
            message.DiscardUnknownFields()
            again = message.SerializeToString(deterministic=True)
            assert len(again) == len(given), name
            open(name + '.again', 'wb').write(again)
        """;

    [Fact]
    public void Offered_EveryOperationAtHand_PassesIndependentTools()
    {
        var folder = Directory.CreateTempSubdirectory("contract-forms");
        var wires = new Dictionary<string, (ProtoMessage Message, ReadOnlyMemory<byte> Json)>();
        try
        {
            foreach (var path in ContractFiles.All)
            {
                WriteForms(wires, ContractFiles.Import(path), Path.Combine(folder.FullName, ProtoBuilder.Identifier(Path.GetFileNameWithoutExtension(path), "c")));
            }

            for (var seed = 0; seed < 10; seed++)
            {
                var inventor = new SchemaInventor(seed);
                WriteForms(wires, ContractFiles.Schema(inventor.Content(), SchemaInventor.GlobalText).Contract!, Path.Combine(folder.FullName, "invented" + seed));
            }

            // A description of several operations is one document.
            var whole = folder.CreateSubdirectory("whole").FullName;
            foreach (var path in ContractFiles.OddRest)
            {
                var document = new ArrayBufferWriter<byte>();
                OpenApiWriter.Write([.. ContractFiles.Import(path).Operations.Select(operation => (operation, OpenApiFace.At("/v1/services/x/" + operation.AddressName)))], document);
                File.WriteAllBytes(Path.Combine(whole, Path.GetFileName(path) + ".openapi.json"), document.WrittenSpan.ToArray());
            }

            var judge = Path.Combine(ContractFiles.Root, "tests/judges/openapi/judge.mjs");
            var modules = Path.Combine(ContractFiles.Root, "tests/.tools/openapi/node_modules");
            Run("/usr/bin/env", folder.FullName, "node", judge, folder.FullName, modules);
            Run("/usr/bin/env", folder.FullName, "node", judge, whole, modules);
            File.WriteAllText(Path.Combine(folder.FullName, "check.py"), Checker);
            Run("/usr/bin/python3", folder.FullName, "check.py", folder.FullName);
            Run("/usr/bin/protoc", folder.FullName, ["--proto_path=" + folder.FullName, "--descriptor_set_out=all.pb", .. Directory.GetFiles(folder.FullName, "*.proto")]);
            File.WriteAllText(Path.Combine(folder.FullName, "wire.py"), WireJudge);
            Run("/usr/bin/python3", folder.FullName, "wire.py", folder.FullName);
            wires.ShouldNotBeEmpty();
            foreach (var (file, (message, json)) in wires)
            {
                var again = new ArrayBufferWriter<byte>();
                ProtoToJson.Write(message, File.ReadAllBytes(file + ".again"), again).Faults.ShouldBeEmpty(file);
                JsonShuffler.Sort(again.WrittenMemory, numbersByValue: true).ShouldBe(JsonShuffler.Sort(json, numbersByValue: true), file);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // The schemas of a contract as files that name each other: what xmllint can read.
    private static HashSet<(string Namespace, string Name)> WriteSchemas(string path, string folder)
    {
        XNamespace xs = "http://www.w3.org/2001/XMLSchema";
        var document = XDocument.Load(path);
        var schemas = document.Descendants(xs + "schema").Where(schema => schema.Attribute("targetNamespace") is not null).ToList();
        if (schemas.Elements(xs + "include").Any() || document.Root!.Elements().Any(node => node.Name.LocalName == "import"))
        {
            return [];
        }

        var namespaces = schemas.Select(NamespaceOf).Distinct(StringComparer.Ordinal).ToList();
        foreach (var schema in schemas)
        {
            // Prefixes that the description declares around it.
            foreach (var declaration in schema.Ancestors().Attributes().Where(a => a.IsNamespaceDeclaration && schema.Attribute(a.Name) is null).ToList())
            {
                schema.SetAttributeValue(declaration.Name, declaration.Value);
            }

            foreach (var import in schema.Elements(xs + "import"))
            {
                var index = namespaces.IndexOf((string?)import.Attribute("namespace") ?? "");
                import.SetAttributeValue("schemaLocation", index < 0 ? null : $"ns{index}.xsd");
            }
        }

        // A file for each namespace, which includes its schemas, and one that imports all of them.
        var all = new XElement(xs + "schema");
        for (var i = 0; i < namespaces.Count; i++)
        {
            var includes = schemas.Select((schema, at) => (schema, at)).Where(pair => NamespaceOf(pair.schema) == namespaces[i]).Select(pair => new XElement(xs + "include", new XAttribute("schemaLocation", $"{pair.at}.xsd")));
            File.WriteAllText(Path.Combine(folder, $"ns{i}.xsd"), new XElement(xs + "schema", new XAttribute("targetNamespace", namespaces[i]), includes).ToString());
            all.Add(new XElement(xs + "import", new XAttribute("namespace", namespaces[i]), new XAttribute("schemaLocation", $"ns{i}.xsd")));
        }

        for (var i = 0; i < schemas.Count; i++)
        {
            File.WriteAllText(Path.Combine(folder, $"{i}.xsd"), schemas[i].ToString());
        }

        File.WriteAllText(Path.Combine(folder, "all.xsd"), all.ToString());
        return [.. schemas.SelectMany(schema => schema.Elements(xs + "element").Select(element => (NamespaceOf(schema), (string)element.Attribute("name")!)))];
    }

    private static string NamespaceOf(XElement schema) => (string)schema.Attribute("targetNamespace")!;

    [Fact]
    public void Example_EveryOperationAtHand_IsValidByXmllint()
    {
        var judged = 0;
        foreach (var path in ContractFiles.All)
        {
            var folder = Directory.CreateTempSubdirectory("contract-examples");
            try
            {
                // The wrapper of an rpc message is declared nowhere.
                var declared = WriteSchemas(path, folder.FullName);
                var files = new List<string>();
                var shapes = ContractFiles.Import(path).Operations.SelectMany(operation => new[] { operation.Request, operation.Response });
                foreach (var shape in shapes.Where(shape => declared.Contains((shape.Element.Name.Namespace, shape.Element.Name.Local))))
                {
                    foreach (var options in new[] { SampleOptions.Example, SampleOptions.Varied })
                    {
                        var sample = new ArrayBufferWriter<byte>();
                        SampleWriter.Write(shape, 1, sample, options).ShouldBeTrue(path);
                        var xml = new ArrayBufferWriter<byte>();
                        JsonToXml.Write(shape, sample.WrittenMemory, xml).Faults.ShouldBeEmpty(path);
                        files.Add(Path.Combine(folder.FullName, $"{files.Count}.xml"));
                        File.WriteAllBytes(files[^1], xml.WrittenSpan.ToArray());
                    }
                }

                if (files.Count > 0)
                {
                    Run("/usr/bin/xmllint", folder.FullName, ["--noout", "--nonet", "--schema", "all.xsd", .. files]);
                    judged++;
                }
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }

        judged.ShouldBeGreaterThanOrEqualTo(1);
    }

    private static void WriteForms(Dictionary<string, (ProtoMessage Message, ReadOnlyMemory<byte> Json)> wires, Contract contract, string prefix)
    {
        var package = "p" + ProtoBuilder.Identifier(Path.GetFileName(prefix), "x");
        var proto = ProtoBuilder.Build(package, "Service", contract.Operations);
        File.WriteAllText(prefix + ".proto", ProtoText.Write(proto));
        foreach (var method in proto.Methods)
        {
            var operation = method.Operation;
            var document = new ArrayBufferWriter<byte>();
            OpenApiWriter.Write(operation, OpenApiFace.At("/v1/services/x"), document);
            File.WriteAllBytes(prefix + operation.ServiceCode + ".openapi.json", document.WrittenSpan.ToArray());
            foreach (var side in Enum.GetValues<MessageSide>())
            {
                var sample = new ArrayBufferWriter<byte>();
                SampleWriter.Write(operation.Shape(side), 3, sample).ShouldBeTrue();
                File.WriteAllBytes($"{prefix}{operation.ServiceCode}.{side.ToString().ToLowerInvariant()}.sample.json", sample.WrittenSpan.ToArray());
                var message = side == MessageSide.Request ? method.Request : method.Response;
                var wire = new ArrayBufferWriter<byte>();
                JsonToProto.Write(message, sample.WrittenMemory, wire).Faults.ShouldBeEmpty();
                var file = $"{prefix}{operation.ServiceCode}.{side}.wire";
                File.WriteAllBytes(file, wire.WrittenSpan.ToArray());
                File.WriteAllText(file + ".type", package + "." + message.Name);
                wires.Add(file, (message, sample.WrittenMemory));
            }
        }
    }

    private static void Run(string tool, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = new StringBuilder().Append(process.StandardError.ReadToEnd()).Append(process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, output.ToString());
    }
}
