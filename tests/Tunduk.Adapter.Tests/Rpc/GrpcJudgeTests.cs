using Tunduk.Adapter.Tests.Conventions;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Rpc;

/// <summary>Foreign gRPC clients, made of the adapter's own <c>/service.proto</c>, against a running adapter with the whole way behind it.</summary>
public sealed class GrpcJudgeTests
{
    private static readonly string Judges = Path.Combine(Repository.Root, "tests", "judges", "adapter-grpc");

    [Fact]
    public async Task Call_PythonAndNodeClients_GetWhatRestGets()
    {
        await using var world = await TestWorld.StartAsync();
        string[] arguments =
        [
            world.Consumer.GrpcAddress!.Port.ToString(), world.Consumer.IsAddress!.ToString(), world.Folders.ApiKey, world.Folders.AuditorKey,
            Path.Combine(Repository.Root, "proto"), TestPersons.Somebody.Pin, TestPersons.UserId, TestPersons.Issue,
        ];
        var python = await Tool.RunAsync("/usr/bin/env", ["PYTHONDONTWRITEBYTECODE=1", "/usr/bin/python3", Path.Combine(Judges, "judge.py"), .. arguments]);
        var modules = "NODE_PATH=" + Path.Combine(Repository.Root, "tests", ".tools", "grpc", "node_modules");
        var node = await Tool.RunAsync("/usr/bin/env", [modules, "node", Path.Combine(Judges, "judge.js"), .. arguments]);

        python.Code.ShouldBe(0, python.Output);
        python.Output.Split('\n').Count(line => line.StartsWith("PASS", StringComparison.Ordinal)).ShouldBe(13, python.Output);
        node.Code.ShouldBe(0, node.Output);
        node.Output.Split('\n').Count(line => line.StartsWith("PASS", StringComparison.Ordinal)).ShouldBe(2, node.Output);
    }
}
