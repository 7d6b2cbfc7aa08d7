using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Conventions;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Proto;
using Tunduk.XRoad.Mapping;

namespace Tunduk.Adapter.Tests.Sandbox;

/// <summary>
/// <c>sandbox --contract FILE</c> for OpenAPI 3.0 and 3.1: every operation by alias as JSON and as a typed gRPC method, through both
/// adapters and security servers; the documents judged by protoc, grpcio, grpc-js, jsonschema and npm's validator of OpenAPI documents.
/// </summary>
public sealed class OpenApiInSandboxTests
{
    public static TheoryData<string> Contracts => [.. Directory.GetFiles(Path.Combine(Repository.Root, "tests/odd-contracts")).Where(file => Path.GetExtension(file) is ".yaml" or ".json").Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Contracts))]
    public async Task Example_EveryOperation_RoundTripsThroughTheSandbox(string name)
    {
        var contract = SandboxContract.Read(Path.Combine(Repository.Root, "tests/odd-contracts", name), out var fault).ShouldNotBeNull(fault);
        var service = contract.Services.ShouldHaveSingleItem();
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { Contract = contract });
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "openapi.json"), (await GetAsync(world, $"v1/services/{service.Alias}/openapi.json")).Body);
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "service.proto"), (await GetAsync(world, $"v1/services/{service.Alias}/service.proto")).Body);
        var all = (await GetAsync(world, $"v1/services/{service.Alias}/example")).Json;
        var methods = ProtoBuilder.Build("p", "S", service.Addresses.Select(address => address.Operation)).Methods;
        foreach (var (address, operation) in service.Addresses)
        {
            var example = await GetAsync(world, address + "/example");
            all.GetProperty(operation.AddressName).GetRawText().Length.ShouldBeGreaterThan(1);
            var answer = await world.AskAsync(address["v1/services/".Length..], TestWorld.JsonBytes(example.Body));

            answer.Status.ShouldBeOneOf([200, 204], $"{address}: {example.Text} gives {answer.Text}");
            JsonCheck.Check(operation.Response.Element, answer.Body).Faults.ShouldBeEmpty(address);
            var method = methods.Single(candidate => ReferenceEquals(candidate.Operation, operation));
            await WriteAsync(folder.Path, method, "/" + address, example.Body, answer.Body);
        }

        var judge = await Tool.RunAsync("/usr/bin/env", ["PYTHONDONTWRITEBYTECODE=1", "/usr/bin/python3", Path.Combine(Repository.Root, "tests/judges/rest_by_alias.py"), folder.Path, world.Consumer.GrpcAddress!.Authority, world.Folders.ApiKey, TestPersons.UserId, TestPersons.Issue]);
        judge.Code.ShouldBe(0, judge.Output);
        judge.Output.Split('\n').Count(line => line.StartsWith("PASS", StringComparison.Ordinal)).ShouldBe(methods.Count * 2, judge.Output);
        var modules = "NODE_PATH=" + Path.Combine(Repository.Root, "tests/.tools/grpc/node_modules");
        var node = await Tool.RunAsync("/usr/bin/env", [modules, "node", Path.Combine(Repository.Root, "tests/judges/rest_by_alias.js"), folder.Path, world.Consumer.GrpcAddress.Authority, world.Folders.ApiKey, TestPersons.UserId, TestPersons.Issue]);
        node.Code.ShouldBe(0, node.Output);
        node.Output.Split('\n').Count(line => line.StartsWith("PASS", StringComparison.Ordinal)).ShouldBe(methods.Count, node.Output);
        var document = await Tool.RunAsync("/usr/bin/env", ["node", Path.Combine(Repository.Root, "tests/judges/openapi/judge.mjs"), folder.Path, Path.Combine(Repository.Root, "tests/.tools/openapi/node_modules")]);
        document.Code.ShouldBe(0, document.Output);
        document.Output.ShouldContain("PASS openapi.json");
        foreach (var method in methods)
        {
            // The provider answers the same request with the same invented data.
            var json = new ArrayBufferWriter<byte>();
            ProtoToJson.Write(method.Response, await File.ReadAllBytesAsync(Path.Combine(folder.Path, method.Name + ".response.wire")), json).Faults.ShouldBeEmpty(method.Name);
            JsonCheck.Check(method.Operation.Response.Element, json.WrittenSpan).Faults.ShouldBeEmpty(method.Name);
            var byNode = new ArrayBufferWriter<byte>();
            ProtoToJson.Write(method.Response, await File.ReadAllBytesAsync(Path.Combine(folder.Path, method.Name + ".response.node.wire")), byNode).Faults.ShouldBeEmpty(method.Name);
            JsonNode.DeepEquals(JsonNode.Parse(byNode.WrittenSpan), JsonNode.Parse(json.WrittenSpan)).ShouldBeTrue(method.Name);
            Encoding.UTF8.GetString(json.WrittenSpan).Length.ShouldBeGreaterThan(1);
        }
    }

    [Fact]
    public async Task Ask_WhatTheDescriptionDoesNotHave_IsRefusedByNameBeforeItLeaves()
    {
        var contract = SandboxContract.Read(Path.Combine(Repository.Root, "tests/odd-contracts/clinic_orders.yaml"), out var fault).ShouldNotBeNull(fault);
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { Contract = contract });
        var alias = contract.Services[0].Alias;
        const string good = """{"path":{"clinic":"AB12","number":7}}""";

        (await world.AskAsync(alias + "/cancelOrder", TestWorld.Json(good))).Text.ShouldBe("{}");
        await world.RefusedAsync("service_alias_unknown", "authenticate", alias: alias, content: TestWorld.Json(good));
        await world.RefusedAsync("service_alias_unknown", "authenticate", alias: alias + "/other", content: TestWorld.Json(good));
        await world.RefusedAsync("service_alias_unknown", "authenticate", alias: "getPerson/other", content: TestWorld.Json(good));
        (await RefusedAsync(world, alias, """{"path":{"clinic":"AB12","number":"7"}}""")).ShouldBe("$.path.number");
        (await RefusedAsync(world, alias, """{"path":{"clinic":"../x","number":7}}""")).ShouldBe("$.path.clinic");
        (await RefusedAsync(world, alias, """{"path":{"clinic":"AB12","number":0}}""")).ShouldBe("$.path.number");
        (await RefusedAsync(world, alias, """{"path":{"clinic":"AB12","number":7},"query":{"a":1}}""")).ShouldBe("$.query");
        (await RefusedAsync(world, alias, """{"path":{"clinic":"AB12","number":7},"header":{"X-Trace-Level":9}}""")).ShouldBe("$.header");
    }

    private static async Task<string> RefusedAsync(TestWorld world, string alias, string json)
    {
        var answer = await world.AskAsync(alias + "/cancelOrder", TestWorld.Json(json));
        answer.Status.ShouldBe(422, answer.Text);
        answer.Text.ShouldNotContain("AB12");
        return answer.Json.GetProperty("path").GetString()!;
    }

    private static async Task WriteAsync(string folder, ProtoMethod method, string path, byte[] request, byte[] response)
    {
        var wire = new ArrayBufferWriter<byte>();
        JsonToProto.Write(method.Request, request, wire).Faults.ShouldBeEmpty(method.Name);
        await File.WriteAllBytesAsync(Path.Combine(folder, method.Name + ".request.wire"), wire.WrittenSpan.ToArray());
        foreach (var (kind, json) in new[] { ("request", request), ("response", response) })
        {
            var file = Path.Combine(folder, $"{method.Name}.{kind}.json");
            await File.WriteAllBytesAsync(file, json);
            await File.WriteAllTextAsync(file + ".path", JsonSerializer.Serialize(path));
        }
    }

    private static async Task<HttpReply> GetAsync(TestWorld world, string path)
    {
        using var get = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.IsAddress!, path));
        get.Headers.TryAddWithoutValidation("Authorization", "Bearer " + world.Folders.ApiKey);
        var reply = await world.SendAsync(get);
        reply.Status.ShouldBe(200, path + ": " + reply.Text);
        return reply;
    }
}
